"""The closed form of a critic's gradients against autograd's double backward."""

import pytest
import torch

from zslcore.methods.bivaegan.config import Optimizer
from zslcore.methods.bivaegan.critic import Pairs, critic_step, gradients
from zslcore.methods.bivaegan.networks import judge
from zslcore.methods.bivaegan.products import Products
from zslcore.methods.bivaegan.space import Sphere, unit_box
from zslcore.methods.bivaegan.weights import Weights

SEEDS, IMAGES, FEATURES, ATTRIBUTES, HIDDEN = 2, 7, 5, 3, 6
ADAM = Optimizer(lr=1e-2, beta1=0.5, beta2=0.999, weight_decay=0.0)
MM = Products("fp32")


@pytest.fixture(params=["sphere", "box"])
def space(request, float64):
    return Sphere(2.0) if request.param == "sphere" else unit_box(torch.zeros(FEATURES))


@pytest.fixture(params=[True, False], ids=["conditional", "unconditional"])
def case(request, space):
    torch.manual_seed(0)
    shapes = {"v": (FEATURES, HIDDEN), "b": (1, HIDDEN), "out": (1, HIDDEN)}
    if request.param:
        shapes["a"] = (ATTRIBUTES, HIDDEN)
    d = Weights(shapes, SEEDS, torch.device("cpu"), ADAM)
    d.flat.data.normal_()
    real, fake = (space.squash(torch.randn(SEEDS, IMAGES, FEATURES)) for _ in range(2))
    a = torch.randn(SEEDS, IMAGES, ATTRIBUTES) if request.param else None
    return d, Pairs(real, fake, torch.rand(SEEDS, IMAGES, 1), a)


def by_autograd(d, pairs, space, penalty, weight):
    """The loss as the paper writes it, differentiated twice."""
    values = {name: value.clone().requires_grad_() for name, value in d.value.items()}
    line = pairs.t * pairs.real + (1 - pairs.t) * pairs.fake
    if isinstance(space, Sphere):
        line = space.r * line / line.norm(dim=-1, keepdim=True)
    line.requires_grad_()
    realness = judge(values, line, MM, pairs.a)
    (g,) = torch.autograd.grad(realness.sum(), line, create_graph=True)
    raw = (g.norm(dim=-1) - 1).square().mean(1)
    on_real, on_fake = (judge(values, v, MM, pairs.a).mean(1) for v in (pairs.real, pairs.fake))
    loss = weight * (on_fake - on_real) + penalty * raw
    found = torch.autograd.grad(loss.sum(), list(values.values()))
    return dict(zip(values, found, strict=True)), on_real - on_fake, raw


@pytest.mark.parametrize("weight", [1.0, 2.0])
def test_gradients_are_those_of_double_backward(case, space, weight):
    d, pairs = case
    penalty = torch.tensor([10.0, 0.3])
    expected, distance, raw = by_autograd(d, pairs, space, penalty, weight)
    found = gradients(d, pairs, space, penalty, MM, weight)
    torch.testing.assert_close(found, (distance, raw), rtol=1e-12, atol=1e-12)
    for name, gradient in d.grad.items():
        torch.testing.assert_close(gradient, expected[name], rtol=1e-10, atol=1e-12, msg=name)


def test_a_step_is_adams_along_these_gradients(case, space):
    d, pairs = case
    before, _ = d.flat.detach().clone(), gradients(d, pairs, space, 10.0, MM)
    direction = d.flat.grad.sign().clone()
    critic_step(d, pairs, space, 10.0, MM)
    # Adam's first step has the size of the learning rate whatever the gradient's
    moved = direction != 0
    torch.testing.assert_close(
        (before - d.flat.detach())[moved], ADAM.lr * direction[moved], rtol=1e-4, atol=1e-6
    )


def test_a_flat_critic_is_penalised_without_a_nan(case, space):
    d, pairs = case
    d.flat.data.zero_()
    _, raw = gradients(d, pairs, space, 10.0, MM)
    torch.testing.assert_close(raw, torch.ones(SEEDS))
    assert d.flat.grad.isfinite().all()


def test_half_precision_is_near(case, space):
    d, pairs = case
    gradients(d, pairs, space, 1.0, MM)
    full = {name: gradient.clone() for name, gradient in d.grad.items()}
    gradients(d, pairs, space, 1.0, Products("bf16"))
    errors = {n: ((g - full[n]).norm() / full[n].norm()).item() for n, g in d.grad.items()}
    assert 0 < errors["v"] < 0.05
    assert errors["out"] < 0.05
    assert max(errors.values()) < 0.3  # rounding may move a unit to the other side of 0
