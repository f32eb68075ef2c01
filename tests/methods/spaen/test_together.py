"""What is done with gradients."""

import pytest
import torch
from torch import nn

from zslcore.methods.spaen.networks import Shape, new_head
from zslcore.methods.spaen.together import adam, of_process, shorten, update
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run


def optimizer(settings, **changes):
    return settings({f"optimizer.{k}": v for k, v in changes.items()}).optimizer


def test_weights_decay_and_biases_do_not(settings):
    """After a step with gradient 0, Adam's first moment is the decay alone."""
    head, layer = new_head(Shape(3, 4, 2, 0.3), Streams(Run())), nn.Linear(2, 2)
    for p in [*head.parameters(), *layer.parameters()]:
        p.data.fill_(1.0)
    cfg = optimizer(settings)
    for decayed in (True, False):
        found = adam([head, layer], cfg, decayed)
        for p in [*head.parameters(), *layer.parameters()]:
            p.grad = torch.zeros_like(p)
        found.step()
        moments = {name: found.state[getattr(head, name)]["exp_avg"] for name in ("w1", "b1")}
        moments |= {"weight": found.state[layer.weight]["exp_avg"]}
        expected = (1 - cfg.beta1) * cfg.weight_decay if decayed else 0.0
        for name, moment in moments.items():
            value = 0.0 if name == "b1" else expected
            torch.testing.assert_close(moment, torch.full_like(moment, value))
        for p in [*head.parameters(), *layer.parameters()]:
            p.data.fill_(1.0)


def test_frozen_parameters_are_left_out(settings):
    layer = nn.Linear(2, 2).requires_grad_(False)
    layer.bias.requires_grad_(True)
    groups = adam([layer], optimizer(settings)).param_groups
    assert [len(group["params"]) for group in groups] == [0, 1]


def test_a_gradient_is_shortened_tensor_by_tensor_or_seed_by_seed():
    gradient = torch.zeros(2, 2, 2)
    gradient[0, 0] = torch.tensor([3.0, 4.0])
    gradient[1, 1, 0] = 0.5
    whole, each = gradient.clone(), gradient.clone()
    shorten(whole, 1.0, stacked=False)
    shorten(each, 1.0, stacked=True)
    torch.testing.assert_close(whole, gradient / (25.25**0.5))
    torch.testing.assert_close(each[0, 0], torch.tensor([0.6, 0.8]))
    assert torch.equal(each[1], gradient[1])
    shorten(None, 1.0, stacked=True)


@pytest.mark.parametrize(("progress", "factor"), [(0.0, 1.0), (0.49, 1.0), (0.5, 0.1), (0.9, 0.1)])
def test_the_learning_rate_falls_once(settings, progress, factor):
    layer = nn.Linear(2, 2)
    layer.weight.grad = torch.ones(2, 2)
    cfg = optimizer(settings, weight_decay=0.0)
    before, found = layer.weight.detach().clone(), adam([layer], cfg)
    update(found, cfg, progress)
    # Adam's first step has the length of the learning rate
    step = (before - layer.weight).detach()
    torch.testing.assert_close(step, torch.full((2, 2), factor * cfg.lr), rtol=1e-4, atol=1e-8)


def test_one_process_logs_and_keeps_its_checkpoints(tmp_path):
    run = Run(scratch=tmp_path)
    assert of_process(run) is run
