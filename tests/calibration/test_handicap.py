import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.reference import EXACT, calibrated, problems
from zslcore.calibration.best import best
from zslcore.calibration.handicap import Handicap, from_gamma

SEEN = np.array([True, False])


def test_additive_by_hand():
    handicap = Handicap("additive", 0.5, None, None, 0.0)
    scores = np.array([[1.0, 2.0]], dtype=np.float32)
    np.testing.assert_array_equal(handicap.apply(scores, SEEN), [[0.5, 2.0]])
    assert handicap.apply(scores, SEEN).dtype == np.float64
    assert scores[0, 0] == 1.0


def test_multiplicative_by_hand():
    handicap = Handicap("multiplicative", 0.5, None, None, 0.0)
    scores = np.array([[-1.0, -2.0]], dtype=np.float32)
    np.testing.assert_array_equal(handicap.apply(scores, SEEN), [[-1.5, -2.0]])
    assert handicap.gamma == pytest.approx(np.log(1.5))


def test_scores_of_several_seeds_at_once():
    scores = np.random.default_rng(0).normal(size=(3, 4, 2))
    handicap = Handicap("additive", 0.3, None, None, 0.0)
    one_by_one = [handicap.apply(of_seed, SEEN) for of_seed in scores]
    np.testing.assert_array_equal(handicap.apply(scores, SEEN), one_by_one)


@pytest.mark.parametrize("family", ["additive", "multiplicative"])
@EXACT
@given(problem=problems(-3, 0), gamma=st.sampled_from([-1.0, 0.0, 0.5, 1.0]))
def test_the_four_arrays_are_enough(family, problem, gamma):
    """Also where seen and unseen scores are equal: both ways give it to the first class."""
    scores, _, seen = problem
    handicap = from_gamma(family, gamma, 0, 0, 0)
    answers = handicap.apply(scores, seen).argmax(axis=1)
    np.testing.assert_array_equal(handicap.on(best(scores, seen)).answers(), answers)
    if family == "additive":
        slow = calibrated(scores, seen, family, gamma).argmax(axis=1)
        np.testing.assert_array_equal(answers, slow)


def test_distances_are_required():
    with pytest.raises(ValueError, match="a score of 2"):
        Handicap("multiplicative", 0.1, None, None, 0.0).apply(np.array([[-1.0, 2.0]]), SEEN)


def test_survives_json():
    handicap = from_gamma("multiplicative", 0.1, -np.inf, np.inf, 0.5)
    assert Handicap(**json.loads(json.dumps(asdict(handicap), allow_nan=False))) == handicap
    assert (handicap.low, handicap.high) == (-1.0, None)
    assert handicap.value == pytest.approx(np.exp(0.1) - 1)
    assert handicap.gamma == pytest.approx(0.1)
