"""The closed forms from sums, against each paper's objective or a textbook solver."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.linalg import solve_sylvester

from zslcore.methods.baselines import closed_form
from zslcore.methods.baselines.method import BASELINES

SETTINGS = {
    "eszsl": {"gamma": 0.5, "lam": 2.0, "targets": "plus_minus"},
    "sync": {"gamma": 0.5, "lam": 0.1, "sigma": 0.7},
    "ridge_vs": {"gamma": 0.5, "metric": "cosine"},
    "ridge_sv": {"gamma": 0.5, "metric": "euclidean"},
    "sae_vs": {"lam": 0.3},
    "sae_sv": {"lam": 0.3},
}


def gradient_is_zero(objective, at):
    at = at.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(objective(at), at)
    scale = objective(at).item()
    torch.testing.assert_close(gradient / scale, torch.zeros_like(gradient), atol=1e-10, rtol=0)


def square(matrix):
    return matrix.square().sum()


@pytest.fixture
def x(data):
    return data.x.double()


@pytest.fixture
def s(data):
    """The class vector of every image, (N, A)."""
    return data.own.double() @ data.seen_vectors


@pytest.mark.parametrize("targets", ["zero_one", "plus_minus"])
def test_eszsl_minimises_its_objective(data, x, targets):
    scorer = closed_form.eszsl(data, gamma=0.5, lam=2.0, targets=targets)
    weight = scorer.weight[0, 0] @ torch.linalg.pinv(data.vectors.T)  # D x K back to D x A
    y = data.own.double() if targets == "zero_one" else 2 * data.own.double() - 1
    seen = data.seen_vectors

    def objective(w):
        fit = square(x @ w @ seen.T - y)
        return fit + 0.5 * square(w @ seen.T) + 2.0 * square(x @ w) + 0.5 * 2.0 * square(w)

    gradient_is_zero(objective, weight)


def test_sync_is_eszsl_on_the_rows_of_a_softmax_kernel(data, x):
    def distance(a, b):
        return float(((a - b) ** 2).sum())

    seen, vectors = data.seen_vectors.numpy(), data.vectors.numpy()
    usual = np.mean([distance(a, b) for i, a in enumerate(seen) for b in seen[:i]])
    kernel = np.exp([[-distance(c, r) / (0.7**2 * usual) for r in seen] for c in vectors])
    rows = torch.tensor(kernel / kernel.sum(1, keepdims=True))

    r, y = rows[data.seen], data.own.double()
    left, right = x.T @ x + 0.5 * torch.eye(9), r.T @ r + 0.1 * torch.eye(5)
    weight = left.inverse() @ x.T @ y @ r @ right.inverse()
    scorer = closed_form.sync(data, gamma=0.5, lam=0.1, sigma=0.7)
    torch.testing.assert_close(scorer.weight[0, 0], weight @ rows.T)


def test_ridge_to_class_vectors_minimises_its_objective(data, x, s):
    scorer = closed_form.ridge_vs(data, gamma=0.5, metric="cosine")
    gradient_is_zero(lambda w: square(x @ w - s) + 0.5 * square(w), scorer.weight)


def test_ridge_to_images_minimises_its_objective(data, x, s):
    scorer = closed_form.ridge_sv(data, gamma=0.5, metric="cosine")
    weight = torch.linalg.pinv(data.vectors) @ scorer.prototypes
    gradient_is_zero(lambda p: square(x - s @ p) + 0.5 * square(p), weight)


def test_sae_minimises_its_objective_and_solves_the_sylvester_equation(data, x, s):
    weight = closed_form.sae(data, 0.3)
    gradient_is_zero(lambda w: square(x - s @ w) + 0.3 * square(x @ w.T - s), weight)
    textbook = solve_sylvester((s.T @ s).numpy(), 0.3 * (x.T @ x).numpy(), 1.3 * (s.T @ x).numpy())
    torch.testing.assert_close(weight, torch.tensor(textbook))


def test_sae_encodes_and_decodes_with_the_same_matrix(data):
    weight = closed_form.sae(data, 0.3)
    torch.testing.assert_close(closed_form.sae_vs(data, lam=0.3).weight, weight.T)
    decoded = closed_form.sae_sv(data, lam=0.3).prototypes
    torch.testing.assert_close(decoded, data.vectors @ weight)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_order_of_images_changes_rounding_only(name, problem, prepare):
    order = np.random.default_rng(2).permutation(len(problem.y))
    other = replace(problem, x=problem.x[order], y=problem.y[order])
    scores = [
        BASELINES[name](prepare(p), **SETTINGS[name])(torch.tensor(problem.x[:9]))
        for p in (problem, other)
    ]
    torch.testing.assert_close(*scores, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SETTINGS)
def test_dead_features_and_attributes_are_harmless(name, problem, prepare):
    """X'X and S'S are singular then, and a plain inverse without penalty would fail."""
    x = np.concatenate((problem.x, problem.x, 0 * problem.x), axis=1)
    vectors = np.concatenate((problem.class_vectors, 0 * problem.class_vectors), axis=1)
    data = prepare(replace(problem, x=x, class_vectors=vectors))
    assert BASELINES[name](data, **SETTINGS[name])(data.x).isfinite().all()


def test_sync_does_not_depend_on_the_length_of_class_vectors(problem, prepare):
    longer = replace(problem, class_vectors=10 * problem.class_vectors)
    one, other = (closed_form.sync(prepare(p), **SETTINGS["sync"]) for p in (problem, longer))
    torch.testing.assert_close(one.weight, other.weight)
