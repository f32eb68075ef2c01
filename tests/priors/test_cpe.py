import tracemalloc
import warnings

import numpy as np
import pytest

from tests.priors.problems import assert_distribution, gaussians, tv
from zslcore.priors.cpe import cpe
from zslcore.priors.frequencies import frequencies


def lloyd(x, centres):
    """Cluster sizes by the textbook: assign, average, until nothing moves."""
    while True:
        nearest = np.array([((row - centres) ** 2).sum(axis=1).argmin() for row in x])
        moved = np.array([x[nearest == c].mean(axis=0) for c in range(len(centres))])
        if np.array_equal(moved, centres):
            return np.bincount(nearest, minlength=len(centres)) / len(x)
        centres = moved


def test_by_hand():
    """Centres start at 1.75 and 11, where 10 is nearer to 11: then two and three images."""
    x = np.array([[0.0], [1.0], [-4.0], [10.0], [11.0]])
    found = cpe(x, np.array([0, 0, 0, 0, 1]), np.zeros((2, 1)))
    np.testing.assert_array_equal(found, [0.6, 0.4])


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_the_textbook(seed):
    shift = gaussians(seed, separation=4, images=150)
    wrong = np.random.default_rng(seed).integers(5, size=150)
    answers = np.where(np.arange(150) % 3, shift.answers, wrong)
    centres = np.array([shift.x[answers == c].mean(axis=0) for c in range(5)])
    np.testing.assert_array_equal(cpe(shift.x, answers, shift.means), lloyd(shift.x, centres))


def test_a_wrong_classifier_is_corrected_where_clusters_are_separate():
    shift = gaussians(0, separation=12)
    guess = np.random.default_rng(0).integers(5, size=len(shift.truth))
    answers = np.where(np.arange(len(guess)) % 5 < 2, guess, shift.truth)
    assert tv(frequencies(answers, 5), shift.prior) > 0.1
    assert tv(cpe(shift.x, answers, shift.means), shift.prior) < 0.001


def test_a_class_never_answered_starts_from_its_fallback():
    x = np.array([[0.0], [1.0], [2.0], [9.0], [20.0], [21.0]])
    answers = np.array([0, 0, 0, 0, 2, 2])
    near, far = (np.array([[0.0], [start], [0.0]]) for start in (8.0, 21.2))
    np.testing.assert_array_equal(cpe(x, answers, near), np.array([3, 1, 2]) / 6)
    np.testing.assert_array_equal(cpe(x, answers, far), np.array([4, 1, 1]) / 6)


def test_the_fallback_of_an_answered_class_does_not_matter():
    x = np.array([[0.0], [1.0], [10.0]])
    answers = np.array([0, 0, 1])
    found = [cpe(x, answers, fallback) for fallback in (np.zeros((2, 1)), np.array([[10.0], [0]]))]
    np.testing.assert_array_equal(found, [[2 / 3, 1 / 3]] * 2)


def test_a_class_that_loses_all_images_goes_to_the_one_worst_represented():
    x = np.array([[0.0], [0.1], [0.2], [5.0]])
    fallback = np.array([[0.0], [1000.0]])
    np.testing.assert_array_equal(cpe(x, np.zeros(4, dtype=np.int64), fallback), [0.75, 0.25])


def test_fewer_distinct_images_than_classes_leave_classes_empty():
    """Without a warning: they are errors here."""
    x = np.repeat([[0.0, 0.0], [1.0, 1.0]], 3, axis=0)
    found = cpe(x, np.array([0, 0, 1, 2, 2, 2]), np.zeros((3, 2)))
    assert_distribution(found, 3)
    np.testing.assert_array_equal(np.sort(found), [0, 0.5, 0.5])


def test_other_warnings_and_filters_are_left_alone():
    before = list(warnings.filters)
    cpe(np.zeros((3, 1)), np.array([0, 1, 1]), np.zeros((2, 1)))
    assert warnings.filters == before


def test_does_not_write_into_what_it_is_given():
    given = np.array([[0.0], [1.0], [10.0]]), np.array([0, 0, 1]), np.array([[5.0], [6.0]])
    before = [array.copy() for array in given]
    cpe(*given)
    for after, array in zip(given, before, strict=True):
        np.testing.assert_array_equal(after, array)


def test_single_precision_gives_the_same_and_stays_single():
    shift = gaussians(0, separation=6, images=3000)
    single = np.tile(shift.x, 20).astype(np.float32)
    want = cpe(np.tile(shift.x, 20), shift.answers, np.tile(shift.means, 20))
    tracemalloc.start()
    found = cpe(single, shift.answers, np.tile(shift.means, 20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(found, want)
    assert found.dtype == np.float64
    assert peak < 2.5 * single.nbytes  # in double precision, 4


X, ANSWERS, FALLBACK = np.arange(8.0).reshape(4, 2), np.array([0, 1, 2, 0]), np.zeros((3, 2))
BROKEN = np.array([[0, 0], [0, 0], [0, np.nan], [0, 0]])


@pytest.mark.parametrize(
    ("x", "answers", "fallback", "message"),
    [
        (X[:2], ANSWERS[:2], FALLBACK, "2 images cannot form 3 clusters"),
        (X[0], ANSWERS, FALLBACK, r"x must be \(N, D\)"),
        (X[:0], ANSWERS[:0], FALLBACK, "none empty"),
        (X, ANSWERS, FALLBACK[:, :1], r"are \(4, 2\) and \(3, 1\)"),
        (X, ANSWERS, FALLBACK[0], r"are \(4, 2\) and \(2,\)"),
        (X.astype(np.float16), ANSWERS, FALLBACK, "float32 or float64, is float16"),
        (X.astype(np.int64), ANSWERS, FALLBACK, "float32 or float64, is int64"),
        (X, ANSWERS[:3], FALLBACK, r"4 images need as many answers \(N,\), got \(3,\)"),
        (X, ANSWERS + 1, FALLBACK, "answers contains class 3"),
        (X + BROKEN, ANSWERS, FALLBACK, r"x has 1 values that are not finite, first at \[2 1\]"),
        (X, ANSWERS, FALLBACK - np.inf, "fallback has 6 values that are not finite"),
    ],
)
def test_says_what_is_wrong(x, answers, fallback, message):
    with pytest.raises(ValueError, match=message):
        cpe(x, answers, fallback)
