import pytest
import torch
from torch import nn

from zslcore.methods.bivaegan.generation import make
from zslcore.methods.bivaegan.networks import (
    activate,
    build,
    encode,
    feed_back,
    generate,
    judge,
    regress,
)
from zslcore.methods.bivaegan.products import Products
from zslcore.methods.bivaegan.space import Sphere
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

MM = Products("fp32")


@pytest.fixture
def nets(players):
    return players({"feedback.training": 0.5}).values


def concatenated(net, inputs, x):
    """x (N, I) through a plain hidden layer of the first seed."""
    matrix = torch.cat([net[name][0] for name in inputs])
    return nn.functional.leaky_relu(x @ matrix + net["b"][0], 0.2)


def test_inputs_are_as_if_concatenated(nets):
    z, a, v = torch.randn(2, 4, 5), torch.randn(2, 4, 5), torch.randn(2, 4, 10)
    hidden = concatenated(nets["g"], ("z", "a"), torch.cat((z, a), -1)[0])
    expected = hidden @ nets["g"]["out"][0] + nets["g"]["out_b"][0]
    torch.testing.assert_close(generate(nets["g"], z, a, MM)[0], expected)
    hidden = concatenated(nets["d"], ("v", "a"), torch.cat((v, a), -1)[0])
    torch.testing.assert_close(judge(nets["d"], v, MM, a)[0], hidden @ nets["d"]["out"][0, 0])


def test_the_encoder_normalises_every_batch_alone(nets):
    v, a = torch.randn(2, 3, 6, 10), torch.randn(2, 3, 6, 5)
    e = nets["e"]
    mean, logvar = encode(e, v, a, MM)
    norm = nn.BatchNorm1d(16)
    norm.weight.data, norm.bias.data = e["scale"][0, 0], e["shift"][0, 0]
    for batch in range(3):
        first = torch.cat((v, a), -1)[0, batch] @ torch.cat((e["v"][0], e["a"][0]))
        hidden = nn.functional.leaky_relu(norm(first), 0.2)
        torch.testing.assert_close(mean[0, batch], hidden @ e["mean"][0] + e["mean_b"][0])
        torch.testing.assert_close(logvar[0, batch], hidden @ e["logvar"][0] + e["logvar_b"][0])
    alone = encode(e, v[:, 1], a[:, 1], MM)
    torch.testing.assert_close(alone, (mean[:, 1], logvar[:, 1]))


def test_class_vectors_have_unit_length_and_the_hidden_layer_is_activated(nets):
    v = torch.randn(2, 4, 10)
    predicted, hidden = regress(nets["r"], v, MM)
    torch.testing.assert_close(predicted.norm(dim=-1), torch.ones(2, 4))
    torch.testing.assert_close(hidden[0], concatenated(nets["r"], ("v",), v[0]))


def test_feedback_is_added_to_the_generators_hidden_layer(nets):
    z, a, space = torch.randn(2, 4, 5), torch.randn(2, 4, 5), Sphere(1.0)
    first = space.squash(generate(nets["g"], z, a, MM))
    added = feed_back(nets["f"], regress(nets["r"], first, MM)[1], MM)
    hidden = activate(MM(z, nets["g"]["z"]) + MM(a, nets["g"]["a"]) + nets["g"]["b"]) + 0.3 * added
    output = MM(hidden, nets["g"]["out"]) + nets["g"]["out_b"]
    features, raw = make(nets, space, z, a, MM, 0.3)
    torch.testing.assert_close(raw, output)
    torch.testing.assert_close(features, space.squash(output))


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, {"e", "g", "d", "du", "r", "da"}),
        ({"encoder": False}, {"g", "d", "du", "r", "da"}),
        ({"unseen_critic": False}, {"e", "g", "d", "r", "da"}),
        ({"regressor": "supervised"}, {"e", "g", "d", "du", "r"}),
        ({"regressor": "none"}, {"e", "g", "d", "du"}),
        ({"feedback.training": 0.1}, {"e", "g", "d", "du", "r", "da", "f"}),
    ],
)
def test_a_setting_has_the_networks_it_needs(settings, changes, names):
    cfg, streams = settings(changes), Streams(Run(), 0)
    assert set(build(cfg, 10, 5, streams, transductive=True)) == names
    without = set(build(cfg, 10, 5, streams, transductive=False))
    assert without == names - {"du", "da"}  # these need unlabelled images


def test_what_a_seed_starts_with_does_not_depend_on_the_others(settings):
    alone = build(settings(), 10, 5, Streams(Run(seeds=(7,)), 0), True)
    among = build(settings(), 10, 5, Streams(Run(seeds=(3, 7)), 0), True)
    for name, weights in alone.items():
        for key, value in weights.value.items():
            assert torch.equal(value[0], among[name][key][1])


def test_networks_start_as_the_authors_do(settings):
    nets = build(settings({"hidden": 400}), 300, 100, Streams(Run(), 0), True)
    assert nets["g"]["out"].std().item() == pytest.approx(0.02, rel=0.02)
    assert not nets["d"]["b"].any()
    bound = 1 / 400**0.5  # 300 features and 100 attributes
    for name in ("v", "a"):
        largest = nets["e"][name].abs().max().item()
        assert 0.99 * bound < largest <= bound
    assert nets["e"]["mean"].abs().max().item() <= 1 / 400**0.5
    assert (nets["e"]["scale"] == 1).all()
    assert not nets["e"]["shift"].any()
