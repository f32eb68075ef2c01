import itertools

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import minimize

from tests.priors.problems import EXACT, FEWER, assert_distribution, gaussians, outputs
from zslcore.priors.mlls import mlls


def log_likelihood(prior, probabilities, source):
    """Per image, up to a constant; image by image."""
    rows = [np.log(sum(p / source * prior)) for p in probabilities]
    return np.mean(rows)


def likeliest(probabilities, source):
    """The maximum by another algorithm, over logits, whose softmax is any prior inside."""
    classes = len(source)

    def cost(logits):
        weights = np.exp(logits - logits.max())
        return -log_likelihood(weights / weights.sum(), probabilities, source)

    logits = minimize(cost, np.zeros(classes), method="BFGS", options={"gtol": 1e-7}).x
    return np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()


def constrained(probabilities, source):
    """The maximum by sequential quadratic programming over the simplex."""
    classes = len(source)
    return minimize(
        lambda q: -log_likelihood(q, probabilities, source),
        np.full(classes, 1 / classes),
        method="SLSQP",
        bounds=[(0, 1)] * classes,
        constraints={"type": "eq", "fun": lambda q: q.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 1000},
    ).x


@pytest.mark.parametrize("sure", [0.55, 0.7, 0.9])
def test_by_hand(sure):
    """Of 10 images 6 say (s, 1 - s) and 4 the reverse: q s + (1 - q)(1 - s) = 0.6, or q = 1."""
    rows = np.array([[sure, 1 - sure]] * 6 + [[1 - sure, sure]] * 4)
    q = min((0.6 - (1 - sure)) / (2 * sure - 1), 1)
    found = mlls(rows, np.array([0.5, 0.5]), tolerance=1e-13)
    np.testing.assert_allclose(found, [q, 1 - q], atol=1e-6)


def test_the_source_is_divided_out():
    """The same images, of a classifier that was trained on classes 3 : 1."""
    source = np.array([0.75, 0.25])
    rows = np.array([[0.9, 0.1]] * 6 + [[0.1, 0.9]] * 4) * source
    found = mlls(rows / rows.sum(axis=1, keepdims=True), source, tolerance=1e-13)
    np.testing.assert_allclose(found, [0.5 / 0.8, 0.3 / 0.8], atol=1e-6)


def test_sure_answers_are_counted_whatever_the_source():
    found = mlls(np.eye(3)[[0, 1, 1, 1]], np.array([0.5, 0.2, 0.3]))
    np.testing.assert_allclose(found, [0.25, 0.75, 0], atol=1e-12)


def test_the_first_round_takes_the_mean_of_the_probabilities():
    shift = gaussians(0, separation=2, images=50)
    found = mlls(shift.probabilities, shift.uniform, rounds=1)
    np.testing.assert_allclose(found, shift.probabilities.mean(axis=0))


def test_a_classifier_that_knows_nothing_leaves_the_source():
    source = np.array([0.5, 0.2, 0.3])
    np.testing.assert_allclose(mlls(np.tile(source, (6, 1)), source), source)


@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_convex_optimisation(seed):
    shift = gaussians(seed, separation=3, images=40, classes=3)
    source = np.array([0.2, 0.3, 0.5])
    rows = shift.probabilities * source
    rows /= rows.sum(axis=1, keepdims=True)
    found = mlls(rows, source, tolerance=1e-12, rounds=100_000)
    np.testing.assert_allclose(found, constrained(rows, source), atol=2e-5)


@FEWER
@given(outputs())
def test_no_prior_is_likelier_than_the_one_found(problem):
    found = mlls(*problem, tolerance=1e-7, rounds=1_000_000)
    assert_distribution(found, len(problem[1]))
    best = log_likelihood(found, *problem)
    assert log_likelihood(likeliest(*problem), *problem) <= best + 1e-7
    for corner in np.eye(len(found)):  # concave: a better one would show on the way to it
        assert log_likelihood(found + 1e-3 * (corner - found), *problem) <= best + 1e-7


@EXACT
@given(outputs())
def test_no_round_decreases_the_likelihood(problem):
    priors = [mlls(*problem, tolerance=0, rounds=rounds) for rounds in (0, 1, 2, 3, 5, 8, 20)]
    np.testing.assert_allclose(priors[0], problem[1])
    values = [log_likelihood(prior, *problem) for prior in priors]
    for before, after in itertools.pairwise(values):
        assert after >= before - 1e-12


@FEWER
@given(outputs())
def test_the_cap_bounds_what_is_lost(problem):
    best = log_likelihood(mlls(*problem, tolerance=1e-6, rounds=1_000_000), *problem)
    for rounds in (1, 3, 10, 30):
        lost = best - log_likelihood(mlls(*problem, tolerance=0, rounds=rounds), *problem)
        assert lost <= np.log(1 / problem[1].min()) / rounds + 1e-12


@pytest.mark.parametrize("tolerance", [1e-1, 1e-2, 1e-3])
def test_stops_as_soon_as_the_tolerance_is_certain(tolerance):
    """That is when the likelihood rises by no more on the straight way to any single class."""
    shift = gaussians(1, separation=1, images=300)
    problem = (shift.probabilities, shift.uniform)
    best = log_likelihood(mlls(*problem, tolerance=1e-12), *problem)
    found = mlls(*problem, tolerance=tolerance)
    assert 0 < best - log_likelihood(found, *problem) <= tolerance

    def certain(prior):
        step = 1e-7
        to_class = [log_likelihood(prior + step * (c - prior), *problem) for c in np.eye(5)]
        return max(to_class) - log_likelihood(prior, *problem) <= step * tolerance

    path = (mlls(*problem, tolerance=0, rounds=rounds) for rounds in range(1000))
    np.testing.assert_allclose(found, next(prior for prior in path if certain(prior)))


def test_single_precision_gives_the_same():
    shift = gaussians(0, separation=2, images=500)
    found = mlls(shift.probabilities.astype(np.float32), shift.uniform.astype(np.float32))
    assert_distribution(found, 5)
    np.testing.assert_allclose(found, mlls(shift.probabilities, shift.uniform), atol=1e-5)


HALF = np.array([0.5, 0.5])


@pytest.mark.parametrize(
    ("probabilities", "source", "message"),
    [
        (np.array([[1.0, 0.0], [3.0, -2.0]]), HALF, "row 1 of probabilities is no distribution"),
        (np.array([[0.5, 0.4]]), HALF, "row 0 of probabilities .* sum 0.9; pass probabilities"),
        (np.array([[np.nan, 1.0]]), HALF, "probabilities has 1 values that are not finite"),
        (np.eye(2)[:0], HALF, r"probabilities must be \(N, U\)"),
        (np.eye(3), HALF, r"probabilities are \(3, 3\), so source must be \(3,\), is \(2,\)"),
        (np.eye(2), 2 * HALF, "source is no distribution"),
        (np.eye(2), np.array([1.0, 0.0]), r"classes \[1\] have no share of source"),
    ],
)
def test_says_what_is_wrong(probabilities, source, message):
    with pytest.raises(ValueError, match=message):
        mlls(probabilities, source)
