from typing import get_args

import numpy as np
import pytest
from scipy.optimize import lsq_linear, minimize

from tests.priors.problems import assert_distribution
from zslcore.priors.bbse import Solver, bbse
from zslcore.priors.confusion import Confusion

MANY = 10**12  # so many images that the ridge is nothing


@pytest.fixture
def joint():
    """Joint shares of a classifier which is right 70 % of the time, over uneven classes."""
    right = 0.7 * np.eye(4) + 0.1 * (1 - np.eye(4))
    return right * np.array([0.1, 0.2, 0.3, 0.4])


@pytest.fixture(params=get_args(Solver))
def solver(request):
    return request.param


def random_confusion(seed, images):
    """Shares counted from few images: no prior explains them exactly."""
    rng = np.random.default_rng(seed)
    joint = rng.dirichlet(np.full(25, 0.3)).reshape(5, 5) + np.eye(5) / 10
    return Confusion(joint / joint.sum(), rng.dirichlet(np.full(5, 0.5)), images)


def test_recovers_a_known_prior(joint, solver):
    prior = np.array([0.4, 0.0, 0.5, 0.1])
    answered = joint / joint.sum(axis=0) @ prior
    np.testing.assert_allclose(bbse(Confusion(joint, answered, MANY), solver), prior, atol=1e-8)


def test_no_shift_gives_the_prior_of_the_labelled_images(joint, solver):
    found = bbse(Confusion(joint, joint.sum(axis=1), MANY), solver)
    np.testing.assert_allclose(found, joint.sum(axis=0), atol=1e-8)


def test_a_perfect_classifier_is_believed_however_few_the_images(solver):
    answered = np.array([0.2, 0.5, 0.3])
    np.testing.assert_allclose(bbse(Confusion(np.eye(3) / 3, answered, 7), solver), answered)


@pytest.mark.parametrize("seed", range(20))
def test_nonnegative_is_least_squares_within_bounds(seed):
    confusion = random_confusion(seed, images=10)
    weights = lsq_linear(confusion.joint, confusion.answered, bounds=(0, np.inf), tol=1e-14).x
    want = weights * confusion.joint.sum(axis=0)
    np.testing.assert_allclose(bbse(confusion, "nonnegative"), want / want.sum(), atol=1e-6)


@pytest.mark.parametrize("images", [3, 100, 10_000])
@pytest.mark.parametrize("seed", range(4))
def test_ridge_minimises_error_and_penalty(seed, images):
    confusion = random_confusion(seed, images)

    def cost(w):
        return ((confusion.joint @ w - confusion.answered) ** 2).sum() + (w**2).sum() / images

    weights = minimize(lambda w: 1e4 * cost(w), np.ones(5), method="BFGS").x
    want = np.maximum(weights, 0) * confusion.joint.sum(axis=0)
    np.testing.assert_allclose(bbse(confusion, "ridge"), want / want.sum(), atol=1e-5)


def test_stays_a_distribution_when_no_prior_fits(joint, solver):
    found = bbse(Confusion(joint, np.array([1.0, 0.0, 0.0, 0.0]), MANY), solver)
    assert_distribution(found, 4)
    assert found[0] > 0.99


def test_stands_classes_that_are_never_told_apart(solver):
    joint = np.array([[0.25, 0.25, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.5]])
    found = bbse(Confusion(joint, np.array([0.8, 0.0, 0.2]), 1000), solver)
    assert_distribution(found, 3)
    assert found[2] == pytest.approx(0.2, abs=0.01)


def test_a_prior_that_nothing_points_to_is_refused(solver):
    joint = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    joint[0] = [0.3, 0.3, 0.4]
    with pytest.raises(ValueError, match=r"only answered \[1, 2\], which no labelled image is"):
        bbse(Confusion(joint, np.array([0.0, 0.6, 0.4]), 10), solver)


def test_an_unknown_solver_is_refused(joint):
    with pytest.raises(ValueError, match="unknown solver 'inverse'; allowed: nonnegative, ridge"):
        bbse(Confusion(joint, joint.sum(axis=1), 10), "inverse")
