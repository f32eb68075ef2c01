import numpy as np
import pytest

from zslcore.features.probe import ceiling


def blobs(counts, distance, seed=0):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(counts)), counts)
    return rng.normal(size=(len(y), 8)) + distance * np.eye(8)[y], y


def test_classes_apart_are_told_apart():
    assert ceiling(*blobs([20, 9, 6], distance=20)) == 1.0


def test_no_image_is_judged_by_a_fit_that_has_seen_it():
    """Pure noise: a fit that saw the images would tell them apart, in 200 dimensions."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(90, 200)), np.arange(90) % 3
    assert ceiling(x, y) < 0.55


def test_classes_count_alike():
    """One class of noise among many images of another: half right, not nine tenths."""
    rng = np.random.default_rng(0)
    assert ceiling(rng.normal(size=(200, 2)), np.arange(200) < 20) == pytest.approx(0.5, abs=0.05)


def test_scale_and_ids_do_not_matter():
    x, y = blobs([30, 30, 30], distance=2)
    expected = ceiling(x, y)
    assert 0.5 < expected < 1
    assert ceiling(1000 * x + 5, 10 * y + 3) == pytest.approx(expected, abs=0.02)


def test_classes_with_fewer_images_than_folds_are_left_out():
    x, y = blobs([20, 20, 4], distance=2)
    assert ceiling(x, y) == ceiling(x[y < 2], y[y < 2])


def test_nothing_to_tell_apart():
    with pytest.raises(ValueError, match="two unseen classes with 5 images"):
        ceiling(*blobs([20, 2], distance=2))
