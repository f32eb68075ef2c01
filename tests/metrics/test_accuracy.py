import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score

from tests.calibration.reference import exam, random_case
from zslcore.metrics.accuracy import GZSL, class_mean, gzsl, overall, per_class, zsl


@pytest.fixture(params=[(seed, digits) for seed in range(3) for digits in (0, 12)], ids=str)
def case(request):
    return random_case(*request.param)


def test_by_hand():
    """Class 1 is unseen; the two images of class 0 are answered 0 and 1, that of class 2 is right.

    So seen = (1/2 + 1) / 2, although 2 of 3 images are right.
    """
    scores = np.array([[3.0, 1, 0], [0, 1, 0], [0, 0, 1], [2, 1, 0], [0, 1, 0]])
    labels, seen = np.array([0, 0, 2, 1, 1]), np.array([True, False, True])
    assert gzsl(scores, labels, seen) == GZSL(seen=0.75, unseen=0.5)
    assert zsl(scores, labels, seen) == 1.0
    assert overall(scores.argmax(axis=1), labels) == 0.6


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_agrees_with_sklearn(case):
    scores, labels, seen = case
    answers, s = scores.argmax(axis=1), seen[labels]
    found = gzsl(scores, labels, seen)
    assert found.seen == pytest.approx(balanced_accuracy_score(labels[s], answers[s]))
    assert found.unseen == pytest.approx(balanced_accuracy_score(labels[~s], answers[~s]))
    assert overall(answers, labels) == pytest.approx(accuracy_score(labels, answers))


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_zsl_asks_among_unseen_classes_only(case):
    scores, labels, seen = case
    u = ~seen[labels]
    answers = np.flatnonzero(~seen)[scores[u][:, ~seen].argmax(axis=1)]
    assert zsl(scores, labels, seen) == pytest.approx(balanced_accuracy_score(labels[u], answers))
    assert zsl(scores + 99 * seen, labels, seen) == zsl(scores, labels, seen)


def test_classes_without_images_do_not_count(case):
    scores, labels, seen = case
    kept = labels != 0
    found = gzsl(scores[kept], labels[kept], seen)
    assert (found.seen, found.unseen) == pytest.approx(exam(scores[kept], labels[kept], seen))
    assert np.isnan(per_class(labels[kept], labels[kept], 6)[0])


def test_an_accuracy_of_no_class_is_refused():
    with pytest.raises(ValueError, match="no image of these classes"):
        class_mean(np.array([np.nan]))
    with pytest.raises(ValueError, match="no image of these classes"):
        zsl(np.eye(2), np.array([0, 0]), np.array([True, False]))


@pytest.mark.parametrize(
    ("pair", "h"), [((0.0, 0.0), 0.0), ((1.0, 0.0), 0.0), ((0.5, 0.5), 0.5), ((0.75, 0.25), 0.375)]
)
def test_harmonic_mean(pair, h):
    assert GZSL(*pair).h == h
