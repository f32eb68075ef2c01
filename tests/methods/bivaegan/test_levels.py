"""What the settings make of the two levels; that the full form is right, test_textbook.py says."""

from dataclasses import replace

import pytest
import torch

from zslcore.methods.bivaegan.draws import draw
from zslcore.methods.bivaegan.level_one import level_one
from zslcore.methods.bivaegan.level_two import control, generator_loss, level_two
from zslcore.methods.bivaegan.networks import judge, regress
from zslcore.nn.attribute_loss import attribute_loss
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run


def batch(p):
    streams = Streams(Run(seeds=(0, 1)), 8)
    return draw(p.data, streams, p.prior, 1, p.cfg.batch_size, p.unseen_critic).at(0)


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
        ({}, False, {"du", "da"}),
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


def test_with_encoded_noise_the_critics_fake_is_the_reconstruction(players):
    p = players({"encoded_noise": True, "reconstruction": "paper", "unseen_critic": False})
    b = batch(p)
    loss, terms = generator_loss(p, b)
    rest = terms["kl"] + terms["reconstruction"] + p.cfg.beta * terms["unseen_regression"]
    realness = (rest - loss) / p.cfg.alpha
    # a reconstruction of no error would be the image itself
    distance = (realness - judge(p["d"], b.v, p.mm, b.a).mean(1)).abs()
    plain = players({"reconstruction": "paper", "unseen_critic": False})
    loss, terms = generator_loss(plain, b)
    rest = terms["kl"] + terms["reconstruction"] + p.cfg.beta * terms["unseen_regression"]
    assert not torch.allclose((rest - loss) / p.cfg.alpha, realness)
    assert distance.isfinite().all()


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
