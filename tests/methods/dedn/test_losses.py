"""The losses, with numbers worked out by hand."""

from math import exp, log

import pytest
import torch

from zslcore.methods.dedn.config import Loss
from zslcore.methods.dedn.losses import (
    classification_loss,
    pair_loss,
    self_calibration_loss,
    with_margin,
)

SEEN = torch.tensor([True, True, True, False])


def loss(**changes):
    values = {
        "classification": "mal",
        "margin": log(2),
        "true_margin": 2.0,
        "pair": "code",
        "align": 1.0,
        "distill": 1.0,
        "self_calibration": 1.0,
    }
    return Loss(**{**values, **changes})


@pytest.fixture(autouse=True)
def doubles(float64):
    """Everything here is in float64."""


X, Y = torch.tensor([[[0.0, log(3)]]]), torch.tensor([[[0.0, 0.0]]])  # softmax: 1/4 3/4, 1/2 1/2


def test_pair_of_the_paper():
    """Half of sum (p - q) log(p / q) = log(3) / 8; squared length log(3)^2."""
    expected = log(3) / 8 + log(3) ** 2
    assert pair_loss(X, Y, "paper").item() == pytest.approx(expected)
    assert pair_loss(Y, X, "paper").item() == pytest.approx(expected)


def test_pair_of_the_code():
    """The middle is 3/8, 5/8; one component differs, so |d|^3 / |d| = d^2."""
    divergence = log(2 / 3) / 4 + 3 * log(6 / 5) / 4 + log(4 / 3) / 2 + log(4 / 5) / 2
    expected = divergence / 2 + log(3) ** 2
    assert pair_loss(X, Y, "code").item() == pytest.approx(expected)
    assert pair_loss(Y, X, "code").item() == pytest.approx(expected)


@pytest.mark.parametrize(("form", "expected"), [("paper", 25.0), ("code", 91 / 5)])
def test_distance_of_more_components(form, expected):
    """d = (3, -4) on top of components that dwarf the divergence: both softmaxes are the same."""
    x, y = torch.tensor([[[3.0, 0.0, 500.0]]]), torch.tensor([[[0.0, 4.0, 500.0]]])
    assert pair_loss(x, y, form).item() == pytest.approx(expected)


@pytest.mark.parametrize("form", ["paper", "code"])
def test_pairs_are_the_mean_over_images_and_one_number_per_seed(form):
    x, y = torch.randn(2, 3, 5), torch.randn(2, 3, 5)
    found = pair_loss(x, y, form)
    each = [[pair_loss(x[s, [b]][None], y[s, [b]][None], form) for b in range(3)] for s in range(2)]
    torch.testing.assert_close(found, torch.tensor(each).mean(1))


@pytest.mark.parametrize("form", ["paper", "code"])
def test_identical_rows_have_neither_loss_nor_gradient(form):
    x, y = (torch.ones(1, 2, 3, requires_grad=True) for _ in range(2))
    found = pair_loss(x, y, form)
    found.sum().backward()
    assert found.item() == pytest.approx(0)
    torch.testing.assert_close(x.grad, torch.zeros(1, 2, 3))
    torch.testing.assert_close(y.grad, torch.zeros(1, 2, 3))


@pytest.mark.parametrize("form", ["paper", "code"])
def test_pairs_far_apart_stay_finite(form):
    """float32, where the smaller probability of either underflows."""
    x = torch.tensor([[[0.0, 200.0]]], dtype=torch.float32, requires_grad=True)
    found = pair_loss(x, x.detach().flip(-1), form)
    found.sum().backward()
    assert found.isfinite().all()
    assert x.grad.isfinite().all()


@pytest.mark.parametrize(("true_margin", "own"), [(2.0, 1 / 4), (1.0, 1 / 2), (0.0, 1.0)])
def test_margin_aware_loss_of_equal_scores(true_margin, own):
    """Margin log 2: the true class has 1/4 (or so), two other seen ones 2 each, the unseen 1."""
    found = classification_loss(
        torch.zeros(1, 1, 4), torch.tensor([[1]]), SEEN, loss(true_margin=true_margin)
    )
    assert found.item() == pytest.approx(-log(own / (own + 2 + 2 + 1)))


def test_margin_aware_loss_is_equation_15_to_the_letter():
    p, y, eps = torch.randn(2, 3, 4), torch.tensor([[0, 2, 1], [1, 1, 0]]), 0.6
    found = classification_loss(p, y, SEEN, loss(margin=eps))
    for s in range(2):
        rows = []
        for b in range(3):
            own = int(y[s, b])
            top = exp(p[s, b, own] - 2 * eps)
            others = sum(exp(p[s, b, c] + eps) for c in range(3) if c != own)
            unseen = exp(p[s, b, 3])
            rows.append(-log(top / (top + others + unseen)))
        assert found[s].item() == pytest.approx(sum(rows) / 3)


def test_without_margin_awareness_it_is_cross_entropy_over_all_classes():
    p, y = torch.randn(2, 3, 4), torch.tensor([[0, 2, 1], [1, 1, 0]])
    found = classification_loss(p, y, SEEN, loss(classification="cross_entropy"))
    expected = [torch.nn.functional.cross_entropy(p[s], y[s]) for s in range(2)]
    torch.testing.assert_close(found, torch.stack(expected))


def test_self_calibration_is_minus_log_of_the_mean_mass():
    """Unseen mass 1/4 and 9/12: the mean of the masses is 1/2, that of the logs another."""
    scores = torch.tensor([[[0.0, 0, 0, 0], [0, 0, 0, log(9)]]])
    assert self_calibration_loss(scores, SEEN).item() == pytest.approx(log(2))


def test_self_calibration_outlives_an_underflow():
    scores = torch.tensor([[[0.0, 0, 0, -1000]]], dtype=torch.float32, requires_grad=True)
    found = self_calibration_loss(scores, SEEN)
    found.sum().backward()
    assert found.item() == pytest.approx(1000 + log(3), rel=1e-5)
    torch.testing.assert_close(scores.grad[0, 0, 3].item(), -1.0)


def test_the_margin_is_taken_from_seen_classes_and_given_to_unseen_ones():
    found = with_margin(torch.zeros(2, 4), SEEN, 0.5)
    assert found.tolist() == [[-0.5, -0.5, -0.5, 0.5]] * 2
