"""Perceptrons of two layers, their first weights and their dropout."""

import pytest
import torch
from torch import nn
from torch.nn.functional import leaky_relu

from zslcore.methods.spaen.initial import made
from zslcore.methods.spaen.networks import Head, Shape, masks, new_head
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("dropped", [True, False])
def test_a_head_is_two_layers_per_seed(active, dropped):
    torch.manual_seed(0)
    values = {
        "w1": torch.randn(2, 4, 3),
        "b1": torch.randn(2, 1, 3),
        "w2": torch.randn(2, 3, 5),
        "b2": torch.randn(2, 1, 5),
    }
    head, x = Head(values, 0.3, active), torch.randn(2, 6, 4)
    kept = (torch.rand(2, 6, 4), torch.rand(2, 6, 3)) if dropped else None
    found = head(x, kept)
    for s in range(2):
        for b in range(6):
            row = x[s, b] * (kept[0][s, b] if dropped else 1)
            hidden = leaky_relu(row @ values["w1"][s] + values["b1"][s, 0], 0.3)
            hidden = hidden * (kept[1][s, b] if dropped else 1)
            out = hidden @ values["w2"][s] + values["b2"][s, 0]
            expected = torch.where(out > 0, out, 0.3 * out) if active else out
            torch.testing.assert_close(found[s, b], expected)


def test_first_weights_are_he_s_and_a_seed_alone_has_its_own():
    both = new_head(Shape(200, 300, 100, 0.3), Streams(Run(seeds=(3, 8))))
    for name, inputs in (("w1", 200), ("w2", 300)):
        weight = getattr(both, name)
        assert weight.std().item() == pytest.approx((2 / inputs) ** 0.5, rel=0.02)
        assert abs(weight.mean().item()) < 0.002
    assert not both.b1.any()
    assert not both.b2.any()
    alone = new_head(Shape(200, 300, 100, 0.3), Streams(Run(seeds=(8,))))
    assert torch.equal(alone.w1[0], both.w1[1])
    assert torch.equal(alone.w2[0], both.w2[1])


def test_dropout_keeps_the_mean_and_drops_its_share():
    run = Run(seeds=(0, 1))
    head = new_head(Shape(80, 50, 3, 0.3), Streams(run))
    drawn = masks(head, 0.4, 200, Streams(run, 1))
    assert [tuple(each.shape) for each in drawn] == [(2, 200, 80), (2, 200, 50)]
    for each in drawn:
        assert (each == 0).double().mean().item() == pytest.approx(0.4, abs=0.02)
        kept = each[each != 0]
        torch.testing.assert_close(kept, torch.full_like(kept, 1 / 0.6))
    assert masks(head, 0.0, 200, Streams(run, 1)) is None


@pytest.mark.parametrize(
    ("make", "fan_in"),
    [
        (lambda: nn.Linear(300, 200), 300),
        (lambda: nn.Conv2d(30, 60, 3), 270),
        (lambda: nn.ConvTranspose2d(60, 40, 4, 2, 1), 240),  # 2 x 2 of 4 x 4 meet a pixel
    ],
)
def test_first_weights_of_modules_are_he_s(make, fan_in):
    module = made(make, 5, torch.device("cpu"))
    assert module.weight.std().item() == pytest.approx((2 / fan_in) ** 0.5, rel=0.02)
    assert not module.bias.any()


def test_first_outputs_keep_the_size_of_a_transposed_convolution_s_inputs():
    """He's rule: E out^2 = 2 E in^2 for inputs of mean 0, away from the border."""
    module = made(lambda: nn.ConvTranspose2d(50, 50, 4, 2, 1), 0, torch.device("cpu"))
    out = module(torch.randn(20, 50, 8, 8))[..., 2:-2, 2:-2]
    assert out.square().mean().item() == pytest.approx(2.0, rel=0.05)


def test_first_weights_follow_from_the_seed_and_leave_other_random_numbers_alone():
    torch.manual_seed(9)
    state = torch.get_rng_state()
    one, again, other = (made(lambda: nn.Linear(4, 3), s, torch.device("cpu")) for s in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(one.weight, again.weight)
    assert not torch.equal(one.weight, other.weight)
