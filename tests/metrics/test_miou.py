import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, jaccard_score

from zslcore.metrics.miou import IGNORE, confusion, iou, measure

SEEN = np.array([True, True, False, False])


def maps(seed, shape=(9, 11)):
    """Truth with ignored pixels, and a prediction that is right in most."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, shape).astype(np.uint8)
    predicted = np.where(rng.random(shape) < 0.4, rng.integers(0, 4, shape), truth)
    return np.where(rng.random(shape) < 0.2, IGNORE, truth).astype(np.uint8), predicted


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_sklearn(seed):
    truth, predicted = maps(seed)
    counts = truth != IGNORE
    found = confusion(truth, predicted, 4, "image")
    expected = confusion_matrix(truth[counts], predicted[counts], labels=range(4))
    np.testing.assert_array_equal(found, expected)
    by_class = jaccard_score(truth[counts], predicted[counts], average=None)
    np.testing.assert_allclose(iou(found), by_class, rtol=1e-12)
    assert measure(found, SEEN)["miou.unseen"] == pytest.approx(by_class[2:].mean())


def test_images_add_up():
    pairs = [maps(seed) for seed in range(3)]
    whole = confusion(*(np.concatenate(each) for each in zip(*pairs, strict=True)), 4, "image")
    np.testing.assert_array_equal(sum(confusion(*pair, 4, "image") for pair in pairs), whole)


def test_by_hand():
    """Class 1 is absent; class 2 is predicted only, so it has IoU 0 and is not absent."""
    truth, predicted = np.array([[0, 0, 3, 255]]), np.array([[0, 2, 3, 1]])
    assert measure(confusion(truth, predicted, 4, "image"), SEEN) == pytest.approx(
        {
            "miou.seen": 0.5,
            "miou.unseen": 0.5,
            "miou.hm": 0.5,
            "miou.all": 0.5,
            "absent.seen": 1,
            "absent.unseen": 0,
        }
    )


def test_an_image_that_is_ignored_altogether_counts_nothing():
    assert not confusion(np.full((2, 2), IGNORE), np.zeros((2, 2), int), 4, "image").any()


@pytest.mark.parametrize(
    ("truth", "predicted", "n_classes", "message"),
    [
        ([[4]], [[0]], 4, "cat.jpg, truth: classes run from 0 to 4; allowed: 0 to 3"),
        ([[0]], [[255]], 4, "cat.jpg, prediction: classes run from 0 to 255"),
        ([[0]], [[-1]], 4, "cat.jpg, prediction: classes run from -1"),
        ([[0]], [[0, 0]], 4, r"cat.jpg: truth \(1, 1\), prediction \(1, 2\)"),
        ([[0]], [[0]], 256, "at most 255 classes"),
    ],
)
def test_what_is_no_class_is_refused(truth, predicted, n_classes, message):
    with pytest.raises(ValueError, match=message):
        confusion(np.array(truth), np.array(predicted), n_classes, "cat.jpg")
