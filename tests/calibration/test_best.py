import numpy as np
import pytest
from hypothesis import given

from tests.calibration.reference import EXACT, problems
from zslcore.calibration.best import best


def test_by_hand():
    scores = np.array([[3.0, 1.0, 2.0, 5.0], [0.0, 4.0, -1.0, -2.0]], dtype=np.float32)
    found = best(scores, np.array([True, False, True, False]))
    np.testing.assert_array_equal(found.seen_score, [3, 0])
    np.testing.assert_array_equal(found.seen_class, [0, 0])
    np.testing.assert_array_equal(found.unseen_score, [5, 4])
    np.testing.assert_array_equal(found.unseen_class, [3, 1])
    assert found.seen_score.dtype == np.float64


@EXACT
@given(problems(-1, 1))
def test_answers_are_those_of_argmax_ties_included(problem):
    scores, _, seen = problem
    np.testing.assert_array_equal(best(scores, seen).answers(), scores.argmax(axis=1))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_first_image_without_finite_scores_is_named(bad):
    scores = np.zeros((5, 3), dtype=np.float32)
    scores[2, 1] = scores[4, 0] = bad
    with pytest.raises(ValueError, match="2 of 5 images, the first is image 2"):
        best(scores, np.array([True, False, False]))


@pytest.mark.parametrize(
    ("shape", "seen", "message"),
    [
        ((4, 2), [True, True], "2 seen and 0 unseen"),
        ((4, 2), [False, False], "0 seen and 2 unseen"),
        ((0, 2), [True, False], "0 images"),
        ((4, 3), [True, False], "bool mask"),
        ((4, 2), [1, 0], "bool mask"),
        ((4,), [True, False], "bool mask"),
    ],
)
def test_what_does_not_fit_is_refused(shape, seen, message):
    with pytest.raises(ValueError, match=message):
        best(np.zeros(shape), np.array(seen))
