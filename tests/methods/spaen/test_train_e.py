"""The stage of E and D: its gradients, its seeds, its equality with the plain form."""

from dataclasses import replace

import pytest
import torch

from benchmarks.spaen_textbook import Batch, EmbedderStage, Layers
from zslcore.methods.spaen import train_e as stage
from zslcore.methods.spaen.networks import NAMES
from zslcore.methods.spaen.task import Labelled, prepare, unit
from zslcore.methods.spaen.train_e import critic_steps, embedder_step, enter, train_e
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

PLAIN = {"w1": "first.weight", "b1": "first.bias", "w2": "last.weight", "b2": "last.bias"}


@pytest.fixture
def labelled(float64):
    torch.manual_seed(0)
    x, classes = torch.rand(12, 9), torch.rand(4, 5)
    x, classes = (each / each.norm(dim=1, keepdim=True) for each in (x, classes))
    return Labelled(x, torch.arange(12) % 4, classes)


@pytest.fixture
def f(labelled):
    return torch.rand(12, 3, 5)


def values(head):
    return {name: getattr(head, name).detach().clone() for name in NAMES}


def as_plain(head, seed, active):
    """The same network as modules."""
    sizes = head.w1.shape[1], head.w1.shape[2], head.w2.shape[2]
    found = Layers(sizes, 0.3, active)
    for name, other in PLAIN.items():
        value = getattr(head, name)[seed].detach()
        found.state_dict()[other].copy_(value.T if name.startswith("w") else value[0])
    return found


def assert_same(head, seed, plain):
    for name, other in PLAIN.items():
        value = getattr(head, name)[seed]
        value = value.T if name.startswith("w") else value[0]
        torch.testing.assert_close(plain.state_dict()[other], value.detach(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("critic", ["sigmoid", "linear"])
@pytest.mark.parametrize("clip", [0.1, 10.0])
def test_steps_are_those_of_the_plain_form(labelled, f, settings, critic, clip):
    """Two iterations of two seeds, with the very same draws, against modules and autograd."""
    cfg = settings(
        {
            "rank.negative": "mean",
            "adversarial.critic": critic,
            "optimizer.clip": clip,
            "optimizer.decay_at": 1.0,
        }
    )
    run = Run(seeds=(4, 7))
    players, rows_of_f = enter((9, 5), cfg, run), f.flatten(0, 1)
    plain = [
        EmbedderStage(
            as_plain(players.e, s, True), as_plain(players.d, s, False), lambda z: z,
            lambda z: z, cfg,
        )
        for s in range(2)
    ]  # fmt: skip
    for number in range(2):
        embedder_step(players, labelled, Streams(run, 1, number), cfg, 0.0, True)
        critic_steps(players, labelled, rows_of_f, Streams(run, 2, number), cfg, 0.0)
        for s, each in enumerate(plain):
            _plain_iteration(each, s, run, number, labelled, rows_of_f, cfg)
    for s, each in enumerate(plain):
        assert_same(players.e, s, each.e)
        assert_same(players.d, s, each.d)


def _plain_iteration(plain, s, run, number, labelled, f, cfg):
    """The draws in the order in which the lean form makes them."""
    streams, rate = Streams(run, 1, number), cfg.heads.dropout

    def keep(u):
        return (u >= rate).double() / (1 - rate)

    rows = streams.below(12, 6)[s]
    kept = keep(streams.uniform(6, 9))[s], keep(streams.uniform(6, 7))[s]
    plain.embedder_step(Batch(labelled.x[rows], labelled.y[rows], rows, kept), labelled.classes)
    streams, n = Streams(run, 2, number), 2 * 6
    rows = streams.below(12, n)[s]
    kept = keep(streams.uniform(n, 9))[s], keep(streams.uniform(n, 7))[s]
    on_f = f[rows * 3 + streams.below(3, n)[s]]
    u = streams.uniform(n, 1)[s]
    for part in (slice(0, 6), slice(6, 12)):
        own = kept[0][part], kept[1][part]
        x, y = labelled.x[rows[part]], labelled.y[rows[part]]
        plain.critic_step(Batch(x, y, on_f[part], own, u[part]))


@pytest.mark.parametrize("full", [True, False])
def test_seeds_side_by_side_are_seeds_alone(labelled, f, settings, full):
    cfg, given = settings(), f if full else None
    both = train_e(labelled, given, cfg, Run(seeds=(3, 5)))
    for place, seed in enumerate((3, 5)):
        alone = train_e(labelled, given, cfg, Run(seeds=(seed,)))
        for name in NAMES:
            torch.testing.assert_close(
                getattr(alone, name)[0], getattr(both, name)[place], rtol=1e-10, atol=1e-13
            )
    assert not torch.allclose(both.w1[0], both.w1[1])


def test_classification_alone_is_the_full_objective_with_a_weight_of_zero(labelled, f, settings):
    """The same first weights, batches, dropout: only the adversarial term differs."""
    none = train_e(labelled, None, settings(), Run())
    zero = train_e(labelled, f, settings({"adversarial.weight": 0.0}), Run())
    full = train_e(labelled, f, settings(), Run())
    assert all(torch.equal(getattr(none, name), getattr(zero, name)) for name in NAMES)
    assert not torch.equal(none.w1, full.w1)


def test_e_lowers_what_d_holds_against_it_and_d_stands_still(labelled, f, settings):
    cfg = settings({"heads.dropout": 0.0, "rank.weight": 1e-9, "adversarial.critic": "linear"})
    players = enter((9, 5), cfg, Run())
    before = values(players.d)
    said = [
        embedder_step(players, labelled, Streams(Run(), 1), cfg, 0.0, True)["adversarial"].item()
        for _ in range(10)
    ]
    assert said[-1] < said[0] - 0.01
    assert all(torch.equal(each, before[name]) for name, each in values(players.d).items())


def test_d_steps_leave_e_as_it_is_and_drop_out(labelled, f, settings, monkeypatch):
    cfg, shown = settings(), []
    players = enter((9, 5), cfg, Run())
    before = values(players.e)
    original = stage.gradients
    monkeypatch.setattr(
        stage, "gradients", lambda d, pairs, how: shown.append(pairs) or original(d, pairs, how)
    )
    critic_steps(players, labelled, f.flatten(0, 1), Streams(Run(), 1), cfg, 0.0)
    assert all(torch.equal(each, before[name]) for name, each in values(players.e).items())
    assert len(shown) == cfg.adversarial.critic_steps
    assert not torch.equal(shown[0].f, shown[1].f)
    plain = players.e(labelled.x[None]).detach()[0]
    known = (shown[0].e[0][:, None] - plain[None]).abs().sum(-1).min(1).values
    assert (known > 1e-6).any()


def test_f_and_e_are_of_the_same_image(labelled, settings, monkeypatch):
    """F(x) tells the image and the crop."""
    shown, original = [], stage.gradients
    monkeypatch.setattr(
        stage, "gradients", lambda d, pairs, how: shown.append(pairs) or original(d, pairs, how)
    )
    cfg = settings({"heads.dropout": 0.0})
    players = enter((9, 5), cfg, Run())
    e = players.e(labelled.x[None]).detach()[0]
    told = torch.stack([torch.arange(12.0)[:, None].expand(12, 3), torch.arange(3.0).expand(12, 3)])
    f = torch.zeros(12, 3, 5)
    f[..., 0], f[..., 1] = told
    for _ in range(4):
        critic_steps(players, labelled, f.flatten(0, 1), Streams(Run(), 1), cfg, 0.0)
    for pairs in shown:
        torch.testing.assert_close(pairs.e[0], e[pairs.f[0, :, 0].long()])
    assert {int(c) for pairs in shown for c in pairs.f[0, :, 1]} == {0, 1, 2}


def test_clipped_critics_stay_in_their_box(labelled, f, settings, monkeypatch):
    kept, original = [], stage.enter
    monkeypatch.setattr(stage, "enter", lambda *a: kept.append(original(*a)) or kept[-1])
    for control in ("clip", "penalty"):
        train_e(labelled, f, settings({"adversarial.control": control}), Run())
    biggest = [max(float(p.abs().max()) for p in players.d.parameters()) for players in kept]
    assert biggest[0] <= 0.05 < biggest[1]


def test_unseen_class_vectors_do_not_reach_training(tiny):
    problem = tiny.problem
    changed = problem.class_vectors.copy()
    changed[~problem.seen] = 99.0
    one, other = (prepare(p, Run()) for p in (problem, replace(problem, class_vectors=changed)))
    assert torch.equal(one.classes, other.classes)
    assert len(one.classes) == problem.seen.sum() == 4
    assert torch.equal(one.classes[one.y], torch.from_numpy(unit(problem.class_vectors[problem.y])))
    torch.testing.assert_close(one.x.norm(dim=1), torch.ones(20))
    torch.testing.assert_close(one.classes.norm(dim=1), torch.ones(4))


def test_training_ranks_the_seen_classes(labelled, f, settings):
    records = []
    cfg = settings(
        {
            "steps.e": 400,
            "log_every": 100,
            "optimizer.clip": 0.0,
            "optimizer.decay_at": 1.0,
            "optimizer.weight_decay": 0.0,
            "heads.dropout": 0.0,
            "adversarial.weight": 0.01,
        }
    )
    train_e(labelled, f, cfg, Run(log=records.append))
    assert records[-1]["rank"] < 0.5 * records[0]["rank"]
