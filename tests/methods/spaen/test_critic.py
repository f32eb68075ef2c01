"""The closed form of D's gradients against autograd's double backward."""

import pytest
import torch

from zslcore.methods.spaen.config import Adversarial
from zslcore.methods.spaen.critic import Pairs, clamp, gradients, realness
from zslcore.methods.spaen.networks import NAMES, Head


def game(critic="linear", control="penalty"):
    return Adversarial(critic=critic, control=control, weight=3.0, gp=7.0, clip=0.2, critic_steps=1)


@pytest.fixture
def case(float64):
    torch.manual_seed(0)
    shapes = {"w1": (2, 4, 6), "b1": (2, 1, 6), "w2": (2, 6, 1), "b2": (2, 1, 1)}
    d = Head({name: torch.randn(shape) for name, shape in shapes.items()}, 0.3, active=False)
    f, e = torch.randn(2, 5, 4), torch.randn(2, 5, 4)
    return d, Pairs(f, e, torch.rand(2, 5, 1), 5)


def by_autograd(d, pairs, cfg):
    """As the loss is written, differentiated twice."""
    between = (pairs.f + pairs.u * (pairs.e - pairs.f)).requires_grad_()
    (g,) = torch.autograd.grad(d(between).sum(), between, create_graph=True)
    raw = (g.norm(dim=-1) - 1).square().mean(1)
    on_f, on_e = (d(z)[..., 0] for z in (pairs.f, pairs.e))
    if cfg.critic == "sigmoid":
        on_f, on_e = on_f.sigmoid(), on_e.sigmoid()
    estimate = (on_f - on_e).mean(1)
    penalised = cfg.gp * raw if cfg.control == "penalty" else 0.0 * raw
    loss = cfg.weight * (penalised - estimate)
    found = torch.autograd.grad(loss.sum(), [getattr(d, n) for n in NAMES], allow_unused=True)
    return dict(zip(NAMES, found, strict=True)), estimate, raw


@pytest.mark.parametrize("critic", ["linear", "sigmoid"])
@pytest.mark.parametrize("control", ["penalty", "clip"])
def test_gradients_are_those_of_double_backward(case, critic, control):
    d, pairs = case
    cfg = game(critic, control)
    expected, estimate, raw = by_autograd(d, pairs, cfg)
    found = gradients(d, pairs, cfg)
    torch.testing.assert_close(found[0], estimate)
    torch.testing.assert_close(found[1], raw if control == "penalty" else torch.zeros(2))
    for name in NAMES:
        torch.testing.assert_close(
            getattr(d, name).grad, expected[name], rtol=1e-10, atol=1e-12, msg=name
        )


def test_parts_of_a_batch_sum_to_the_whole(case):
    d, pairs = case
    cfg = game("sigmoid")
    whole = gradients(d, pairs, cfg)
    of_whole = [getattr(d, name).grad for name in NAMES]
    sums, told = [torch.zeros_like(each) for each in of_whole], [torch.zeros(2), torch.zeros(2)]
    for part in (slice(0, 2), slice(2, 5)):
        own = Pairs(pairs.f[:, part], pairs.e[:, part], pairs.u[:, part], 5)
        told = [a + b for a, b in zip(told, gradients(d, own, cfg), strict=True)]
        sums = [s + getattr(d, name).grad for s, name in zip(sums, NAMES, strict=True)]
    torch.testing.assert_close(sums, of_whole)
    torch.testing.assert_close(tuple(told), whole)


def test_a_critic_of_slope_one_has_no_penalty(float64):
    """D(z) = z_1 where all hidden units are awake."""
    w1 = torch.zeros(1, 3, 3)
    w1[0, 0, 0] = 1.0
    values = {"w1": w1, "b1": torch.full((1, 1, 3), 50.0)}
    values |= {"w2": torch.ones(1, 3, 1), "b2": torch.zeros(1, 1, 1)}
    d = Head(values, 0.3, active=False)
    f, e = torch.randn(1, 8, 3), torch.randn(1, 8, 3)
    estimate, penalty = gradients(d, Pairs(f, e, torch.rand(1, 8, 1), 8), game())
    assert penalty.item() == pytest.approx(0.0, abs=1e-20)
    torch.testing.assert_close(estimate[0], (f - e)[0, :, 0].mean())


def test_steps_along_the_gradients_tell_f_from_e_apart(case):
    d, pairs = case
    for control in ("penalty", "clip"):
        cfg = game("linear", control).model_copy(update={"gp": 0.1})
        start, _ = gradients(d, pairs, cfg)
        for _ in range(30):
            last, _ = gradients(d, pairs, cfg)
            for name in NAMES:
                getattr(d, name).data -= 0.003 * getattr(d, name).grad
        assert (last > start + 0.1).all()


def test_realness_is_what_d_says_or_its_sigmoid(case):
    d, pairs = case
    plain = realness(d, pairs.e, game("linear"))
    torch.testing.assert_close(plain, d(pairs.e)[..., 0])
    torch.testing.assert_close(realness(d, pairs.e, game("sigmoid")), 1 / (1 + (-plain).exp()))


def test_clipping_cuts_every_parameter_off_and_the_penalty_none(case):
    d, _ = case
    before = {name: getattr(d, name).detach().clone() for name in NAMES}
    clamp(d, game(control="penalty"))
    assert all(torch.equal(getattr(d, name), before[name]) for name in NAMES)
    clamp(d, game(control="clip"))
    for name in NAMES:
        torch.testing.assert_close(getattr(d, name).detach(), before[name].clamp(-0.2, 0.2))
