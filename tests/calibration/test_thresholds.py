import numpy as np
import pytest
from hypothesis import given

from tests.calibration.reference import EXACT, problems
from zslcore.calibration.best import best
from zslcore.calibration.thresholds import thresholds


def test_additive_by_hand():
    scores = np.array([[3.0, 1.0, 2.5], [0.0, 4.0, -1.0]])
    found = thresholds(best(scores, np.array([True, False, False])), "additive")
    np.testing.assert_array_equal(found.gamma, [0.5, -4.0])


def test_multiplicative_by_hand():
    """Seen class first. Distances 2 and 6: the seen one may be stretched by 3.

    With a distance of zero an image never changes sides; with two, the first class has it.
    """
    distances = np.array([[2.0, 6.0], [6.0, 2.0], [0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    first, last = np.array([True, False]), np.array([False, True])
    found = thresholds(best(-distances, first), "multiplicative").gamma
    np.testing.assert_allclose(found, [np.log(3), -np.log(3), np.inf, -np.inf, np.inf])
    found = thresholds(best(-distances, last), "multiplicative").gamma
    np.testing.assert_allclose(found, [-np.log(3), np.log(3), -np.inf, np.inf, -np.inf])


@EXACT
@given(problems(1, 9))
def test_multiplicative_is_additive_on_log_distances(problem):
    distances, _, seen = problem
    np.testing.assert_allclose(
        thresholds(best(-distances, seen), "multiplicative").gamma,
        thresholds(best(-np.log(distances), seen), "additive").gamma,
        atol=1e-12,
    )


@pytest.mark.parametrize("side", [0, 1])
def test_a_positive_score_is_no_distance(side):
    scores = -np.ones((3, 2))
    scores[1, side] = 0.25
    with pytest.raises(ValueError, match=r"a score of 0\.25; use the additive"):
        thresholds(best(scores, np.array([True, False])), "multiplicative")


def test_unknown_family():
    with pytest.raises(ValueError, match="unknown family 'gate'; allowed: additive, mult"):
        thresholds(best(np.eye(2), np.array([True, False])), "gate")


def test_one_outlier_does_not_widen_the_tolerance():
    scores = np.ones((9, 2))
    scores[4] = -1e30
    assert thresholds(best(scores, np.array([True, False])), "additive").tolerance < 1e-11
