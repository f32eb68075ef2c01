"""The lean form against the plain one: modules, autograd twice over, an optimiser per network."""

import pytest
import torch

from benchmarks.bivaegan_textbook import Batch, Setting, Sizes, Textbook, weighted_l1
from zslcore.methods.bivaegan.draws import draw
from zslcore.methods.bivaegan.level_one import level_one
from zslcore.methods.bivaegan.level_two import level_two
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

SEEDS = (0, 1)
PLAIN = {"jitter.critic": 0.0}
LINEAR = {"first": ("v", "a"), "last": ("out",)}


def parts(weights, place):
    """Our parameters of one seed under the names of the plain modules."""
    w = {name: value[place] for name, value in weights.items()}
    if "z" in w:
        first = torch.cat((w["z"], w["a"]))
    else:
        first = torch.cat([w[name] for name in ("v", "a") if name in w])
    found = {"first.weight": first.T}
    if "scale" in w:
        return found | {
            **{"norm.weight": w["scale"][0], "norm.bias": w["shift"][0]},
            **{"mean.weight": w["mean"].T, "mean.bias": w["mean_b"][0]},
            **{"logvar.weight": w["logvar"].T, "logvar.bias": w["logvar_b"][0]},
        }
    # a critic's last layer is a row; its bias, and the bias before a batch norm, do not exist
    last = w["out"].T if "out_b" in w else w["out"]
    found |= {"first.bias": w["b"][0], "last.weight": last}
    return found | ({"last.bias": w["out_b"][0]} if "out_b" in w else {})


def textbook(players, place):
    """The plain form with our parameters of one seed."""
    data, cfg, nets = players.data, players.cfg, players.values
    sizes = Sizes(
        data.x.shape[1],
        data.vectors.shape[1],
        nets["g"]["z"].shape[1],
        cfg.hidden,
        cfg.attribute_hidden,
    )
    setting = Setting(
        cfg.r,
        cfg.alpha,
        cfg.beta,
        cfg.gamma,
        cfg.lam,
        cfg.optimizer.lr,
        cfg.penalty.attribute,
    )
    plain = Textbook(sizes, setting)
    plain.penalty = {name: weight[place].item() for name, weight in players.penalty.items()}
    for name, net in plain.networks().items():
        net.load_state_dict(parts(nets[name], place), strict=False)
        for bias in ("first.bias", "last.bias"):
            if bias not in parts(nets[name], place) and bias in net.state_dict():
                net.state_dict()[bias].zero_()
    return plain


def batch(drawn, place, step, **noise):
    b = drawn.at(step)
    own = {key: value[place, step] for key, value in noise.items()}
    return Batch(b.v[place], b.a[place], b.v_unseen[place], b.a_unseen[place], **own)


def assert_same(players, plain, place):
    for name, net in plain.networks().items():
        for key, value in parts(players.values[name], place).items():
            torch.testing.assert_close(
                value, net.state_dict()[key], rtol=1e-7, atol=1e-9, msg=f"{name}.{key}"
            )


@pytest.mark.parametrize("place", range(len(SEEDS)))
def test_level_two_is_what_autograd_makes_of_the_formulas(players, place):
    ours = players(PLAIN)
    plain = textbook(ours, place)
    cfg, same = ours.cfg, Streams(Run(seeds=SEEDS), 6)
    for _ in range(3):
        level_two(ours)
        steps, size, noise = cfg.critic_steps, cfg.batch_size, 5
        drawn = draw(ours.data, same, ours.prior, steps, size, transductive=True)
        z, z_unseen = (same.normal(steps, size, noise) for _ in range(2))
        t, t_unseen = (same.uniform(steps, size, 1) for _ in range(2))
        last = tuple(same.normal(size, noise)[place] for _ in range(3))
        given = {"z": z, "z_unseen": z_unseen, "t": t, "t_unseen": t_unseen}
        plain.level_two([batch(drawn, place, step, **given) for step in range(steps)], last)
    assert_same(ours, plain, place)
    for name, weight in plain.penalty.items():
        assert ours.penalty[name][place].item() == pytest.approx(weight)
    assert plain.penalty["d"] != 4.0  # the control was at work


@pytest.mark.parametrize("place", range(len(SEEDS)))
def test_level_one_is_what_autograd_makes_of_the_formulas(players, place):
    ours = players(PLAIN)
    plain = textbook(ours, place)
    how, size = ours.cfg.level_one, ours.cfg.batch_size
    same = Streams(Run(seeds=SEEDS), 6)
    for _ in range(3):
        level_one(ours)
        drawn = draw(ours.data, same, ours.prior, how.critic_steps, size, transductive=True)
        t = same.uniform(how.critic_steps, 2 * size, 1)
        none = torch.zeros(len(SEEDS), how.critic_steps, 0)
        given = {"z": none, "z_unseen": none, "t": t[:, :, :size], "t_unseen": t[:, :, size:]}
        first = [batch(drawn, place, step, **given) for step in range(how.critic_steps)]
        drawn = draw(ours.data, same, ours.prior, how.regressor_steps, size, transductive=True)
        given = dict.fromkeys(given, none)
        plain.level_one(
            first, [batch(drawn, place, s, **given) for s in range(how.regressor_steps)]
        )
    assert_same(ours, plain, place)


def test_the_weighted_error_is_that_of_the_formula():
    predicted, target = torch.tensor([[1.0, 4.0]]), torch.tensor([[-2.0, 0.0]])
    assert weighted_l1(predicted, target).item() == pytest.approx((3**3 + 4**3) / 5)
