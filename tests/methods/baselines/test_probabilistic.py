"""Regressions against scikit-learn and their gradient; scores against loops over the formulas."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression

from zslcore.methods.baselines import probabilistic
from zslcore.methods.baselines.scorers import (
    DirectAttributes,
    IndirectAttributes,
    Mixture,
    log_prior,
)

HALF = torch.full((2,), 0.5)


def test_class_regression_is_that_of_scikit_learn(data):
    weight, bias = probabilistic.class_regression(data, 0.01)
    x, y = data.x.double().numpy(), data.own.int().argmax(1).numpy()
    theirs = LogisticRegression(C=1 / (0.01 * len(y)), tol=1e-8, max_iter=1000).fit(x, y)
    ours = (data.x.double() @ weight + bias).softmax(1)
    np.testing.assert_allclose(ours, theirs.predict_proba(x), atol=1e-4)


def test_attribute_regression_minimises_its_objective(data):
    weight, bias = probabilistic.attribute_regression(data, 0.01)
    weight.requires_grad_()
    bias.requires_grad_()
    logit = data.x.double() @ weight + bias
    high = data.vectors > data.seen_vectors.mean(0)
    target = high[data.seen][data.own.int().argmax(1)]
    loss = F.softplus(torch.where(target, -logit, logit)).sum(1).mean()
    loss = loss + 0.01 / 2 * weight.square().sum()
    for gradient in torch.autograd.grad(loss, (weight, bias)):
        torch.testing.assert_close(gradient, torch.zeros_like(gradient), atol=1e-5, rtol=0)


def test_regressions_are_shared_if_their_penalty_is_the_same(data):
    one = probabilistic.iap(data, decay=0.01, prior="half").weight
    assert probabilistic.conse(data, decay=0.01, top=2).weight is one
    assert probabilistic.conse(data, decay=0.02, top=2).weight is not one
    one = probabilistic.dap(data, decay=0.01, prior="half").weight
    assert probabilistic.dap(data, decay=0.01, prior="seen_mean").weight is one
    assert probabilistic.dap(data, decay=0.02, prior="half").weight is not one


def test_attributes_are_high_or_low_and_say_something_about_seen_classes(problem, prepare):
    vectors = np.array(
        # mean over the seen classes 0, 1, 3, 4, 6:  1.0   0.5   0.0   0.2
        [[0, 0.5, 0, 0], [1, 0.5, 0, 0], [9, 0.6, 1, 1], [2, 0.5, 0, 0], [1.5, 0.5, 0, 1],
         [0.9, 0.4, 0, 0.1], [0.5, 0.5, 0, 0]],
        dtype=np.float32,
    )  # fmt: skip
    found = probabilistic.binary_attributes(prepare(replace(problem, class_vectors=vectors)))
    assert found.tolist() == [[0, 0], [0, 0], [1, 1], [1, 0], [1, 1], [0, 0], [0, 0]]


@pytest.mark.parametrize(("prior", "shares"), [("half", [0.5, 0.5]), ("seen_mean", [0.25, 0.75])])
def test_dap_by_hand(prior, shares):
    """Two attributes, probabilities sigma(1) and sigma(-2) at x = 1."""
    attributes = torch.tensor([[0.0, 1], [1, 1], [0, 1], [0, 0], [1, 0]])
    seen = torch.tensor([True, True, True, True, False])
    classes = described(attributes, attributes[seen].mean(0) if prior == "seen_mean" else HALF)
    scorer = DirectAttributes(*classes, torch.tensor([[1.0, -2.0]]), torch.zeros(2))
    chances = [1 / (1 + math.exp(-1)), 1 / (1 + math.exp(2))]
    expected = [product(z, chances, shares) for z in attributes.tolist()]
    torch.testing.assert_close(scorer(torch.ones(1, 1))[0, 0], torch.tensor(expected))


def test_iap_by_hand():
    """Two seen classes, as likely as 3 to 1 at x = 1; a third class has both attributes."""
    attributes = torch.tensor([[1.0, 0], [0, 1], [1, 1]])
    seen = torch.tensor([True, True, False])
    scorer = IndirectAttributes(
        *described(attributes, HALF),
        torch.tensor([[math.log(3), 0.0]]),
        torch.zeros(2),
        attributes[seen],
    )
    expected = [product(z, [0.75, 0.25], [0.5, 0.5]) for z in attributes.tolist()]
    torch.testing.assert_close(scorer(torch.ones(1, 1))[0, 0], torch.tensor(expected))


def described(attributes, chance):
    """Classes as a scorer has them; what tells of other classes is not asked for here."""
    return attributes, log_prior(attributes, chance), chance, chance > 0, chance


def product(attributes, chances, shares):
    total = 0.0
    for a, p, q in zip(attributes, chances, shares, strict=True):
        total += math.log(p / q if a else (1 - p) / (1 - q))
    return total


def test_an_attribute_that_is_out_of_the_question_costs_much_but_not_everything():
    attributes = torch.eye(2)
    scorer = IndirectAttributes(
        *described(attributes, HALF), torch.tensor([[1e4, 0.0]]), torch.zeros(2), attributes
    )
    assert scorer(torch.ones(1, 1)).isfinite().all()


@pytest.mark.parametrize("top", [1, 2, 3, 99])
def test_conse_by_hand(top):
    """Seen classes at 1/2, 1/3 and 1/6; the two or one least likely are left out of the mixture."""
    chances = np.array([1 / 2, 1 / 6, 1 / 3])
    seen_vectors = np.array([[1.0, 0], [0, 1], [1, 1]])
    vectors = np.array([[1.0, 0], [0, 1], [1, 1], [1, -2]])
    kept = [c for c in (0, 2, 1)][:top]
    mixture = sum(chances[c] * seen_vectors[c] for c in kept) / chances[kept].sum()
    cosine = vectors @ mixture / np.linalg.norm(vectors, axis=1) / np.linalg.norm(mixture)
    weight = torch.tensor(np.log(chances)[None])
    scorer = Mixture(
        weight, torch.zeros(3).double(), torch.tensor(seen_vectors), torch.tensor(vectors), top
    )
    np.testing.assert_allclose(scorer(torch.ones(1, 1))[0, 0], cosine, atol=1e-12)
