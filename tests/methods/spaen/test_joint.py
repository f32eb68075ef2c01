"""The joint schedule: who hears of whom."""

import numpy as np
import pytest
import torch

from zslcore.methods.spaen import joint
from zslcore.methods.spaen.autoencoder import new
from zslcore.methods.spaen.batches import Pictures
from zslcore.methods.spaen.critic import realness
from zslcore.methods.spaen.invert import new_generator
from zslcore.methods.spaen.joint import Together, losses, train_together
from zslcore.methods.spaen.perceptual import build
from zslcore.methods.spaen.task import prepare
from zslcore.methods.spaen.train_e import enter
from zslcore.methods.spaen.train_f import Chance
from zslcore.runtime.run import Run

CPU = torch.device("cpu")


@pytest.fixture
def game(tiny, settings, float64):
    """`game(changes)`: all networks and data of a joint training, not begun."""

    def make(changes=None):
        cfg = settings({"schedule": "joint", "crops.train": "random", **(changes or {})})
        network = build(cfg.perceptual, 16, 0, CPU).double().requires_grad_(False)
        pictures = Pictures(tiny.problem.images, network, None, cfg.crops, CPU)
        generator = new_generator(8, cfg, 1, CPU)
        auto, labelled = new("spaen", (8, 5), generator, cfg, Run()), prepare(tiny.problem, Run())
        return Together(enter((9, 5), cfg, Run()), auto, pictures, labelled, cfg)

    return make


def terms_of(a):
    drawn = a.pictures.draw(6, np.random.default_rng(0))
    return losses(a, drawn, Chance(None, torch.full((1, 6), 0.5)))


def reached(a, term):
    """Which networks a term has a gradient in."""
    parts = {"e": a.players.e, "d": a.players.d, "f": a.auto.coder, "g": a.auto.head}
    for module in parts.values():
        module.zero_grad()
    terms_of(a)[term].sum().backward()
    return {
        name
        for name, module in parts.items()
        if any(p.grad is not None and p.grad.any() for p in module.parameters())
    }


@pytest.mark.parametrize(
    ("term", "who"),
    [
        ("rank", {"e"}),
        ("pixel", {"f", "g"}),
        ("feature", {"f", "g"}),
        ("norm", {"f"}),
        ("adversarial", {"e"}),
        ("adversarial_f", {"f"}),
    ],
)
def test_each_network_hears_of_its_own_terms(game, term, who):
    assert reached(game(), term) == who


def test_e_and_f_draw_d_in_opposite_directions(game):
    a = game({"adversarial.critic": "linear"})
    a.players.d.b2.data.fill_(4.0)  # so that a sign is told apart
    terms, how = terms_of(a), a.cfg.adversarial
    drawn = a.pictures.draw(6, np.random.default_rng(0))
    e = a.players.e(a.labelled.x[torch.from_numpy(drawn.rows)][None])
    f = a.auto.coder(a.pictures.vectors(drawn)[None]).semantic
    torch.testing.assert_close(terms["adversarial"], -realness(a.players.d, e, how).mean(1))
    torch.testing.assert_close(terms["adversarial_f"], realness(a.players.d, f, how).mean(1))


@pytest.mark.parametrize("freeze", [True, False])
def test_training_moves_all_four_and_a_frozen_generator_not(game, monkeypatch, freeze):
    a, players, original = game({"generator.freeze": freeze}), [], joint.enter
    before = {n: p.detach().clone() for n, p in a.auto.named_parameters()}
    monkeypatch.setattr(
        joint, "enter", lambda *given: players.append(original(*given)) or players[-1]
    )
    e = train_together(a.auto, a.pictures, a.labelled, a.cfg, Run())
    fresh = original((9, 5), a.cfg, Run())
    assert not torch.equal(e.w1, fresh.e.w1)
    assert not torch.equal(players[0].d.w1, fresh.d.w1)
    moved = {n.split(".")[0] for n, p in a.auto.named_parameters() if not p.equal(before[n])}
    assert moved == {"coder", "head"} | (set() if freeze else {"generator"})


def test_a_clipped_critic_stays_in_its_box(game, monkeypatch):
    players, original = [], joint.enter
    monkeypatch.setattr(
        joint, "enter", lambda *given: players.append(original(*given)) or players[-1]
    )
    for control in ("clip", "penalty"):
        a = game({"adversarial.control": control})
        train_together(a.auto, a.pictures, a.labelled, a.cfg, Run())
    biggest = [max(float(p.detach().abs().max()) for p in each.d.parameters()) for each in players]
    assert biggest[0] <= 0.05 < biggest[1]


def test_f_is_another_where_it_plays_along(game):
    """With a weight of 0, F is trained by reconstruction alone."""
    found = []
    for weight in (0.0, 50.0):
        a = game({"adversarial.weight": weight, "optimizer.clip": 0.0})
        train_together(a.auto, a.pictures, a.labelled, a.cfg, Run())
        found.append(a.auto.coder.head.w1.detach())
    assert not torch.allclose(found[0], found[1], atol=1e-4)


def test_d_sees_fresh_batches(game, monkeypatch):
    a, drawn, original = game(), [], Pictures.draw
    monkeypatch.setattr(
        Pictures, "draw", lambda s, n, rng: drawn.append(original(s, n, rng)) or drawn[-1]
    )
    train_together(a.auto, a.pictures, a.labelled, a.cfg, Run())
    assert len(drawn) == a.cfg.steps.f * (1 + a.cfg.adversarial.critic_steps)
    assert len({each.rows.tobytes() + each.windows.tobytes() for each in drawn}) == len(drawn)
