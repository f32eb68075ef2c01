import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.priors.problems import EXACT
from zslcore.priors.floor import floored

shares = st.one_of(st.floats(-1, 1), st.floats(-1e-6, 1e-6), st.just(0.0), st.floats(0, 1e300))
priors = (
    st.lists(shares, min_size=1, max_size=12).map(np.array).filter(lambda prior: prior.max() > 0)
)
fractions = st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1))


def water_level(prior, at):
    """The floored prior by bisection: scale until max(scale * prior, at) sums to 1."""
    share = np.maximum(prior, 0) / prior.max()
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if np.maximum(middle * share, at).sum() > 1 else (middle, high)
    return np.maximum(high * share, at)


def test_by_hand():
    """Two classes at 0.1 leave 0.8, shared 7 : 3."""
    found = floored(np.array([0.7, -0.1, 0.3, 0.0]), 0.1)
    np.testing.assert_allclose(found, [0.56, 0.1, 0.24, 0.1])


def test_a_class_pushed_below_by_lifting_another_is_lifted_too():
    np.testing.assert_allclose(floored(np.array([0.1, 0.9, 0.0]), 0.1), [0.1, 0.8, 0.1])


def test_without_a_floor_it_clips_and_normalises():
    np.testing.assert_allclose(floored(np.array([3.0, -1, 1, 0]), 0), [0.75, 0, 0.25, 0])


def test_the_highest_floor_gives_the_uniform_prior():
    for classes in range(1, 200):
        prior = np.arange(classes) + 1.0
        np.testing.assert_allclose(floored(prior, 1 / classes), 1 / classes, rtol=1e-12)


@EXACT
@given(priors, fractions)
def test_is_a_distribution_with_every_class_at_the_floor_or_above(prior, fraction):
    at = fraction / len(prior)
    found = floored(prior, at)
    assert found.dtype == np.float64
    assert found.min() >= at  # exactly
    assert found.sum() == pytest.approx(1, abs=4 * len(prior) * np.finfo(float).eps)


@EXACT
@given(priors, fractions)
def test_a_second_time_changes_no_bit(prior, fraction):
    at = fraction / len(prior)
    once = floored(prior, at)
    twice = floored(once, at)
    assert twice.tobytes() == once.tobytes()
    assert twice is not once


@EXACT
@given(priors, fractions)
def test_agrees_with_bisection(prior, fraction):
    at = fraction / len(prior)
    np.testing.assert_allclose(floored(prior, at), water_level(prior, at), rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("unit", [2.0**-1070, 1e-9, 1.0005, 1e300])
def test_the_sum_of_the_prior_does_not_matter(unit):
    np.testing.assert_allclose(floored(np.array([0.75, 0.25]) * unit, 0.1), [0.75, 0.25], 1e-12)


@pytest.mark.parametrize("at", [0.0, 0.3])
def test_single_precision_becomes_double(at):
    assert floored(np.array([0.75, 0.25], dtype=np.float32), at).dtype == np.float64


def test_does_not_write_into_the_prior():
    prior = np.array([2.0, -1.0])
    floored(prior, 0.1)
    np.testing.assert_array_equal(prior, [2, -1])


@pytest.mark.parametrize(
    ("prior", "at", "message"),
    [
        (np.array([0.5, np.nan]), 0.1, "prior has 1 values that are not finite"),
        (np.array([0.5, np.inf]), 0.1, "prior has 1 values that are not finite"),
        (np.array([0.0, 0.0]), 0.1, "no class has a positive share"),
        (np.array([0.0, -1.0]), 0.1, "no class has a positive share"),
        (np.array([0.5, 0.5]), 0.6, "2 classes cannot all have at least 0.6; allowed: 0 to 1 / U"),
        (np.array([0.5, 0.5]), -0.1, "allowed: 0 to 1 / U"),
        (np.array([0.5, 0.5]), np.nan, "allowed: 0 to 1 / U"),
        (np.array([[0.5, 0.5]]), 0.1, r"one number per class \(U,\), not \(1, 2\)"),
        (np.array([]), 0.1, r"one number per class \(U,\), not \(0,\)"),
    ],
)
def test_says_what_is_wrong(prior, at, message):
    with pytest.raises(ValueError, match=message):
        floored(prior, at)
