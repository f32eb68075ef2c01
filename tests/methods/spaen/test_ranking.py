"""The ranking loss against loops over images and classes."""

import numpy as np
import pytest
import torch

from zslcore.methods.spaen.config import Rank
from zslcore.methods.spaen.ranking import ranking

KINDS = ("violating", "random", "hardest", "mean")


def rank(negative, margin=0.2):
    return Rank(negative=negative, margin=margin, weight=1.0)


@pytest.fixture
def case(float64):
    rng = np.random.default_rng(0)
    e, classes = rng.normal(size=(2, 40, 3)), rng.normal(size=(6, 3))
    y = rng.integers(0, 6, (2, 40))
    e[0, 0] = 5 * classes[y[0, 0]] / np.sum(classes[y[0, 0]] ** 2)
    return torch.from_numpy(e), torch.from_numpy(classes), torch.from_numpy(y)


def hinges(e, classes, y, margin):
    """(S, B) lists of the other classes' hinges."""
    own = [[float(e[s, b] @ classes[y[s, b]]) for b in range(e.shape[1])] for s in range(len(e))]
    return [
        [
            [
                max(0.0, margin - own[s][b] + float(e[s, b] @ classes[k]))
                for k in range(len(classes))
                if k != y[s, b]
            ]
            for b in range(e.shape[1])
        ]
        for s in range(len(e))
    ]


@pytest.mark.parametrize(("negative", "of"), [("hardest", max), ("mean", np.mean)])
def test_the_worst_and_the_mean_of_other_classes(case, negative, of):
    e, classes, y = case
    found = ranking(e, classes, y, torch.zeros(y.shape), rank(negative, 0.7))
    expected = [[of(each) for each in row] for row in hinges(*case, 0.7)]
    np.testing.assert_allclose(found.numpy(), expected)


@pytest.mark.parametrize(("negative", "counts"), [("violating", False), ("random", True)])
def test_one_class_is_drawn_and_all_allowed_ones_equally_often(case, negative, counts):
    """Of equally spaced u, each of n classes gets the n-th part."""
    e, classes, y = case
    for at, others in enumerate(hinges(*case, 0.2)[1]):
        allowed = others if counts else [each for each in others if each > 0]
        grid = (torch.arange(60) + 0.5) / 60
        repeated = e[1:, at : at + 1].expand(1, 60, 3), classes, y[1:, at : at + 1].expand(1, 60)
        found = ranking(*repeated, grid[None], rank(negative))[0]
        values, times = np.unique(found.numpy().round(9), return_counts=True)
        wanted, expected = np.unique(np.round(allowed or [0.0], 9), return_counts=True)
        np.testing.assert_allclose(values, wanted)
        np.testing.assert_array_equal(times, expected * 60 // max(len(allowed), 1))


@pytest.mark.parametrize("negative", KINDS)
def test_an_image_without_violator_has_no_loss_and_no_gradient(negative, float64):
    classes = torch.eye(4)
    e = (3 * classes[None, :2]).requires_grad_()
    y = torch.tensor([[0, 1]])
    for u in (0.0, 0.999):
        loss = ranking(e, classes, y, torch.full((1, 2), u), rank(negative))
        loss.sum().backward()
        assert loss.tolist() == [[0.0, 0.0]]
        assert not e.grad.any()


@pytest.mark.parametrize("negative", KINDS)
def test_gradients_draw_towards_the_own_class_and_away_from_another(negative, float64):
    classes = torch.eye(3)
    e = torch.zeros(1, 1, 3, requires_grad=True)
    loss = ranking(e, classes, torch.tensor([[1]]), torch.zeros(1, 1), rank(negative))
    loss.sum().backward()
    assert loss.item() == pytest.approx(0.2)
    # the hardest are two: they share
    expected = [0.5, -1, 0.5] if negative in ("mean", "hardest") else [1, -1, 0]
    assert e.grad.flatten().tolist() == expected


def test_the_last_u_still_draws_a_class(case):
    e, classes, y = case
    u = torch.full(y.shape, 1 - 2**-24)
    found = ranking(e, classes, y, u, rank("random", 50.0))
    assert (found > 0).all()
