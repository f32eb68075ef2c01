"""What the settings make of the two levels; that the full form is right, test_textbook.py says."""

from dataclasses import replace

import pytest
import torch

from zslcore.methods.bivaegan import level_two as second
from zslcore.methods.bivaegan.draws import draw
from zslcore.methods.bivaegan.generation import make
from zslcore.methods.bivaegan.level_one import level_one
from zslcore.methods.bivaegan.level_two import control, generator_loss, level_two, train_critics
from zslcore.methods.bivaegan.networks import encode, judge, regress
from zslcore.nn.attribute_loss import attribute_loss
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run


def batches(p):
    streams = Streams(Run(seeds=(0, 1)), 8)
    return draw(p.data, streams, p.prior, 1, p.cfg.batch_size, p.unseen_critic)


def batch(p):
    return batches(p).at(0)


def unchanged(p, names):
    """Which of the networks a step leaves as they are."""
    before = {name: p.networks[name].flat.detach().clone() for name in names}
    level_one(p)
    level_two(p)
    return {name for name in names if torch.equal(p.networks[name].flat, before[name])}


@pytest.mark.parametrize(
    ("changes", "transductive", "idle"),
    [
        ({}, True, set()),
        ({}, False, set()),
        ({"unseen_critic": False}, True, set()),
        ({"regressor": "supervised"}, True, set()),
        ({"feedback.training": 0.5}, True, {"f"}),  # in the epochs without feedback
    ],
)
def test_every_network_that_plays_learns(players, changes, transductive, idle):
    p = players(changes, transductive)
    assert unchanged(p, list(p.networks)) == idle


def test_the_feedback_module_learns_in_its_epochs(players):
    p = players({"feedback.training": 0.5}, feedback=0.5)
    assert unchanged(p, list(p.networks)) == set()


@pytest.mark.parametrize(
    ("changes", "transductive", "terms"),
    [
        ({}, True, {"kl", "reconstruction", "unseen_regression"}),
        ({}, False, {"kl", "reconstruction", "unseen_regression"}),
        ({"inductive_beta": False}, False, {"kl", "reconstruction"}),
        ({"regressor": "none"}, True, {"kl", "reconstruction"}),
        ({"encoder": False}, True, {"unseen_regression"}),
        (
            {"seen_regression": 1.0},
            True,
            {"kl", "reconstruction", "unseen_regression", "seen_regression"},
        ),
    ],
)
def test_the_generators_loss_has_the_terms_of_the_setting(players, changes, transductive, terms):
    p = players(changes, transductive)
    _, found = generator_loss(p, batch(p))
    assert found.keys() == terms | {"generator"}


def test_without_the_unseen_critic_only_its_term_is_missing(players, settings):
    p = players()
    streams = (Streams(Run(seeds=(0, 1)), 4) for _ in range(2))
    with_it, without = (
        replace(p, cfg=settings({"unseen_critic": plays}), streams=own)
        for plays, own in zip((True, False), streams, strict=True)
    )
    loss, terms = generator_loss(with_it, batch(p))
    less, same = generator_loss(without, batch(p))
    for name in terms.keys() - {"generator"}:
        torch.testing.assert_close(terms[name], same[name])
    assert not torch.allclose(loss, less)


@pytest.mark.parametrize("normalization", ["l2", "minmax"])
def test_the_codes_reconstruction_is_the_papers_over_features_and_batch(players, normalization):
    found = {}
    for form in ("paper", "code"):
        p = players({"reconstruction": form, "normalization": normalization})
        found[form] = generator_loss(p, batch(p))[1]["reconstruction"]
    share = 1 / (10 * 12) if normalization == "l2" else 1.0  # V features, B images
    torch.testing.assert_close(found["code"], share * found["paper"])


def generated(p, z, a):
    return make(p.values, p.data.space, z, a, p.mm)[0]


def test_with_encoded_noise_the_critics_fake_is_the_reconstruction(players):
    """The whole loss by hand, from the same random numbers."""
    p = players({"encoded_noise": True, "reconstruction": "paper", "seen_regression": 0.7})
    b, same = batch(p), Streams(Run(seeds=(0, 1)), 6)
    mean, logvar = encode(p["e"], b.v, b.a, p.mm)
    rebuilt = generated(p, mean + same.normal(12, 5) * logvar.exp().sqrt(), b.a)
    unseen = generated(p, same.normal(12, 5), b.a_unseen)
    kl = -0.5 * (1 + logvar - mean**2 - logvar.exp()).sum(-1).mean(1)
    error = {
        name: attribute_loss(regress(p["r"], v, p.mm)[0], a, "weighted_l1")
        for name, v, a in (("seen", rebuilt, b.a), ("unseen", unseen, b.a_unseen))
    }
    expected = (
        kl
        + ((rebuilt - b.v) ** 2).sum(-1).mean(1)
        - p.cfg.alpha * judge(p["d"], rebuilt, p.mm, b.a).mean(1)
        - p.cfg.gamma * judge(p["du"], unseen, p.mm).mean(1)
        + p.cfg.beta * error["unseen"]
        + 0.7 * error["seen"]
    )
    torch.testing.assert_close(generator_loss(p, b)[0], expected)


@pytest.mark.parametrize("encoded", [True, False])
def test_the_critics_fakes_are_made_from_encoded_or_from_fresh_noise(players, encoded):
    """One step, so that the logged estimate is that of the critic as it was before."""
    p = players({"encoded_noise": encoded, "critic_steps": 1})
    b, same = batch(p), Streams(Run(seeds=(0, 1)), 6)
    z = same.normal(12, 5)
    if encoded:
        mean, logvar = encode(p["e"], b.v, b.a, p.mm)
        z = mean + z * logvar.exp().sqrt()
    fakes = generated(p, z, b.a), generated(p, same.normal(12, 5), b.a_unseen)
    realness = [
        judge(p["d"], b.v, p.mm, b.a) - judge(p["d"], fakes[0], p.mm, b.a),
        judge(p["du"], b.v_unseen, p.mm) - judge(p["du"], fakes[1], p.mm),
    ]
    found = train_critics(p, batches(p))
    torch.testing.assert_close(found["wasserstein_seen"], realness[0].mean(1))
    torch.testing.assert_close(found["wasserstein_unseen"], realness[1].mean(1))


def test_a_penalty_follows_the_mean_over_the_steps(players, monkeypatch):
    """Steep in the first step and flat in the last, steep on average."""
    p, raws = players(transductive=False), iter((1.3, 0.9))
    monkeypatch.setattr(
        second,
        "critic_step",
        lambda d, *rest: (torch.zeros(2), torch.full((2,), next(raws))),
    )
    level_two(p)
    torch.testing.assert_close(p.penalty["d"], torch.full((2,), 4.4))


def test_penalties_are_raised_lowered_or_left():
    penalty = torch.tensor([10.0, 10.0, 10.0])
    control(penalty, torch.tensor([1.2, 1.02, 0.9]))
    torch.testing.assert_close(penalty, torch.tensor([11.0, 10.0, 10 / 1.1]))


def test_a_fixed_penalty_stays(players):
    p = players({"penalty.control": "fixed"})
    level_two(p)
    for weight in p.penalty.values():
        assert (weight == 4.0).all()


def test_the_regressor_alone_learns_class_vectors(players):
    p = players({"regressor": "supervised", "optimizer.lr": 1e-2})
    x, a = p.data.x.expand(2, -1, -1), p.data.vectors[p.data.y].expand(2, -1, -1)

    def error():
        return attribute_loss(regress(p["r"], x, p.mm)[0], a, "l1").mean().item()

    before = error()
    for _ in range(100):
        level_one(p)
    assert error() < 0.5 * before
