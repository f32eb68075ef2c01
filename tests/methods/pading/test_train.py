"""The order of steps, and one step of each kind."""

import copy

import pytest
import torch

from zslcore.methods.pading.batches import Batches
from zslcore.methods.pading.objective import total
from zslcore.methods.pading.train import Step, learning_rate, optimizers, plan, step
from zslcore.nn.state import State


def order(cfg):
    return [f"{s.of[0]}{s.number}" for s in plan(cfg)]


def test_the_classifier_follows_the_generator_or_both_take_turns(settings):
    few = {"optimizer.iterations": 3, "classifier.iterations": 3}
    assert order(settings(few)) == ["g0", "g1", "g2", "c0", "c1", "c2"]
    turns = {**few, "schedule": "alternating"}
    assert order(settings(turns)) == ["g0", "c0", "g1", "c1", "g2", "c2"]
    turns["classifier.iterations"] = 6
    assert order(settings(turns)) == ["g0", "c0", "c1", "g1", "c2", "c3", "g2", "c4", "c5"]
    turns["classifier.iterations"] = 1
    assert order(settings(turns)) == ["g0", "c0", "g1", "g2"]


def test_a_projection_is_a_classifier_alone_and_none_is_no_training(settings):
    assert order(settings({"generator": "projection"})) == ["c0", "c1", "c2", "c3", "c4"]
    assert order(settings({"generator": "none"})) == []


def test_the_rate_falls_to_a_tenth_at_each_share(settings):
    changes = {"optimizer.lr": 0.5, "optimizer.iterations": 10, "optimizer.tenth_at": (0.3, 0.8)}
    rates = [learning_rate(settings(changes).optimizer, k) for k in range(10)]
    assert rates == pytest.approx([0.5] * 3 + [0.05] * 5 + [0.005] * 2)


def state_of(made):
    return State(made.networks, optimizers(made.networks, made.cfg)), Batches(made.task)


def copies(networks):
    return {name: p.detach().clone() for name, p in networks.named_parameters()}


@pytest.mark.parametrize("of", ["generator", "classifier"])
def test_a_step_changes_its_own_weights_alone(core, of):
    made = core()
    state, batches = state_of(made)
    for number in range(2):
        before = copies(made.networks)
        step(state, made.task, batches, Step(of, number))
        for name, parameter in made.networks.named_parameters():
            own = name.startswith("head.") == (of == "classifier")
            assert torch.equal(parameter, before[name]) != own, name


def test_the_classifiers_steps_are_those_of_momentum_with_decay(core):
    made = core()
    state, batches = state_of(made)
    momentum = {}
    for number in range(3):
        before = copies(made.networks)
        logged = step(state, made.task, batches, Step("classifier", number))
        assert logged.keys() == {"classification"}
        for name, parameter in made.networks.head.named_parameters():
            old = before[f"head.{name}"]
            momentum[name] = 0.9 * momentum.get(name, 0) + parameter.grad + 0.01 * old
            torch.testing.assert_close(parameter.detach(), old - 0.05 * momentum[name])


def test_a_generators_first_step_is_adams(core):
    """Its length is the rate, whatever the gradient is; the gradient is that of the objective."""
    made = core({"optimizer.lr": 0.003, "optimizer.tenth_at": ()})
    state, batches = state_of(made)
    before = copies(made.networks)
    logged = step(state, made.task, batches, Step("generator", 0))
    assert not any(term.requires_grad for term in logged.values())
    assert total(logged, made.cfg).isfinite().all()
    for name, parameter in made.networks.named_parameters():
        if not name.startswith("head."):
            g = parameter.grad
            sure = g.abs() > 1e-4
            moved = (parameter.detach() - before[name])[sure]
            torch.testing.assert_close(moved, -0.003 * g[sure].sign(), rtol=1e-3, atol=0)


def test_later_generator_steps_have_a_lower_rate(core):
    made = core()  # four steps, from the third on a tenth
    state, batches = state_of(made)
    for number, rate in ((0, 0.01), (2, 0.01), (3, 0.001)):
        step(state, made.task, batches, Step("generator", number))
        assert state.optimizers["generator"].param_groups[0]["lr"] == pytest.approx(rate)
    step(state, made.task, batches, Step("classifier", 3))
    assert state.optimizers["classifier"].param_groups[0]["lr"] == 0.05


def test_a_projection_is_trained_by_adam_with_its_own_rate(core):
    made = core({"generator": "projection"})
    state, batches = state_of(made)
    assert state.optimizers.keys() == {"classifier"}
    before = copies(made.networks)
    step(state, made.task, batches, Step("classifier", 0))
    for name, parameter in made.networks.named_parameters():
        moved = (parameter.detach() - before[name]).abs()
        assert moved.max().item() == pytest.approx(0.01, rel=1e-3)


def test_a_state_is_taken_up_where_it_was(core):
    one, other = core(), core({"optimizer.lr": 0.5})
    (state, batches), (late, _) = state_of(one), state_of(other)
    for this in (Step("generator", 0), Step("classifier", 0)):
        torch.manual_seed(3)
        step(state, one.task, batches, this)
    late.unpack(copy.deepcopy(state.packed()))
    for this in (Step("generator", 1), Step("classifier", 1)):
        for each, task in ((state, one.task), (late, one.task)):
            torch.manual_seed(4)
            step(each, task, batches, this)
    for name, parameter in late.networks.named_parameters():
        assert torch.equal(parameter, dict(state.networks.named_parameters())[name]), name
