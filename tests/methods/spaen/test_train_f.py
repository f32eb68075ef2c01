"""The stage of F and G on images: gradients, what is frozen, the plain form."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import nn

from benchmarks.spaen_textbook import ImageStage
from tests.methods.spaen.test_train_e import as_plain, assert_same
from zslcore.methods.spaen import keys, train_f
from zslcore.methods.spaen.autoencoder import new
from zslcore.methods.spaen.batches import Pictures
from zslcore.methods.spaen.invert import invert, new_generator
from zslcore.methods.spaen.perceive import perceive
from zslcore.methods.spaen.perceptual import build
from zslcore.methods.spaen.task import prepare
from zslcore.methods.spaen.train_f import embed_crops, every_crop, train_on_images
from zslcore.runtime.run import Run

CPU = torch.device("cpu")
LOUD = {"optimizer.clip": 0.0, "optimizer.decay_at": 1.0, "optimizer.weight_decay": 0.0}


@pytest.fixture
def pictures(tiny, settings, float64):
    """Random crops: nothing is rounded to float16."""
    cfg = settings({"crops.train": "random"})
    network = build(cfg.perceptual, 16, 0, CPU).double().requires_grad_(False)
    return Pictures(tiny.problem.images, network, None, cfg.crops, CPU)


def autoencoder(mode, pictures, cfg):
    inputs = cfg.perceptual.vector if mode == "spaen" else 9
    generator = new_generator(cfg.perceptual.vector, cfg, 1, CPU)
    return new(mode, (inputs, 5), generator, cfg, Run())


def weights(module):
    return {name: p.detach().clone() for name, p in module.named_parameters()}


def changed(module, before):
    return {n for n, p in module.named_parameters() if not torch.equal(p.detach(), before[n])}


@pytest.mark.parametrize("clip", [0.05, 10.0])
def test_steps_are_those_of_the_plain_form(pictures, settings, clip):
    cfg = settings(
        {
            "crops.train": "random",
            "optimizer.clip": clip,
            "optimizer.decay_at": 1.0,
            "steps.f": 3,
            "log_every": 3,
        }
    )
    auto = autoencoder("spaen", pictures, cfg)
    plain = ImageStage(
        as_plain(auto.coder.head, 0, True),
        as_plain(auto.head, 0, True),
        deepcopy(auto.generator),
        pictures.perceptual,
        cfg,
    )
    rng = keys.batches_of(Run(), keys.F, 0)
    for _ in range(3):
        plain.step(pictures.crops(pictures.draw(cfg.batch, rng)))
    train_on_images(auto, pictures, None, cfg, Run())
    assert_same(auto.coder.head, 0, plain.f)
    assert_same(auto.head, 0, plain.g)


@pytest.mark.parametrize("freeze", [True, False])
@pytest.mark.parametrize("mode", ["spaen", "directmap", "sae", "splitbranch"])
def test_each_mode_trains_what_it_should(tiny, pictures, settings, mode, freeze):
    cfg = settings({"crops.train": "random", "generator.freeze": freeze} | LOUD)
    auto = autoencoder(mode, pictures, cfg)
    before, seen = weights(auto), weights(pictures.perceptual)
    labelled = None if mode == "spaen" else prepare(tiny.problem, Run())
    train_on_images(auto, pictures, labelled, cfg, Run())
    parts = {name.split(".")[0] for name in changed(auto, before)}
    expected = {"head"} | ({"coder"} if mode != "directmap" else set())
    assert parts == expected | (set() if freeze else {"generator"})
    if mode == "splitbranch":
        assert {n for n in changed(auto, before) if n.startswith("coder.")} > {
            "coder.first.weight",
            "coder.second.weight",
        }
    assert changed(pictures.perceptual, seen) == set()
    assert not any(p.requires_grad for p in auto.parameters())


@pytest.mark.parametrize(
    ("mode", "terms"),
    [
        ("spaen", {"pixel", "feature", "norm"}),
        ("directmap", {"pixel", "feature"}),
        ("sae", {"pixel", "feature", "rank"}),
        ("splitbranch", {"pixel", "feature", "rank"}),
    ],
)
def test_each_mode_has_its_terms_and_none_is_adversarial(tiny, pictures, settings, mode, terms):
    cfg, records = settings({"crops.train": "random"}), []
    labelled = None if mode == "spaen" else prepare(tiny.problem, Run())
    auto = autoencoder(mode, pictures, cfg)
    train_on_images(auto, pictures, labelled, cfg, Run(log=records.append))
    phase = "f" if mode == "spaen" else mode
    assert all(r.keys() == {"phase", "epoch", "seed"} | terms for r in records)
    assert {r["phase"] for r in records} == {phase}


@pytest.mark.parametrize(
    ("mode", "coder", "head"),
    [
        ("spaen", (8, 6, 5), (5, 5, 8)),
        ("directmap", (9, 7, 5), (5, 5, 8)),
        ("sae", (9, 7, 5), (5, 5, 8)),
        ("splitbranch", (9, 7, 10), (10, 5, 8)),
    ],
)
def test_each_mode_has_the_widths_of_its_networks(pictures, settings, mode, coder, head):
    auto = autoencoder(mode, pictures, settings())
    for found, expected in ((auto.coder.head, coder), (auto.head, head)):
        assert (*found.w1.shape[1:], found.w2.shape[2]) == expected


def test_splitbranch_classifies_one_half_and_codes_both(pictures, settings):
    auto = autoencoder("splitbranch", pictures, settings())
    x = torch.rand(1, 4, 9)
    coded = auto.coder(x)
    both = auto.coder.head(x)
    torch.testing.assert_close(coded.semantic, both[..., :5])
    half = [nn.functional.leaky_relu(layer(part), 0.3) for layer, part in (
        (auto.coder.first, both[..., :5]), (auto.coder.second, both[..., 5:]))]  # fmt: skip
    torch.testing.assert_close(coded.code, torch.cat(half, -1))


def test_dropout_is_on_where_e_is_trained_only(tiny, pictures, settings, monkeypatch):
    given = {}
    for mode in ("spaen", "directmap", "sae", "splitbranch"):
        cfg = settings({"crops.train": "random", "steps.f": 1})
        auto = autoencoder(mode, pictures, cfg)
        original = auto.coder.forward

        def watched(x, masks=None, mode=mode, original=original):
            given[mode] = masks is not None
            return original(x, masks)

        monkeypatch.setattr(auto.coder, "forward", watched)
        labelled = None if mode == "spaen" else prepare(tiny.problem, Run())
        train_on_images(auto, pictures, labelled, cfg, Run())
    assert given == {"spaen": False, "directmap": False, "sae": True, "splitbranch": True}


def test_f_embeds_every_crop(pictures, settings, monkeypatch):
    auto = autoencoder("spaen", pictures, settings())
    found = embed_crops(auto, pictures)
    assert found.shape == (20, 10, 5)
    (drawn,) = every_crop(pictures)
    expected = auto.coder(pictures.vectors(drawn)[None]).semantic[0].view(20, 10, 5)
    torch.testing.assert_close(found, expected.detach())
    monkeypatch.setattr(train_f, "IMAGES", 3)
    torch.testing.assert_close(embed_crops(auto, pictures), found)


def test_the_generator_learns_to_invert_and_the_classes_are_learnt(tiny, settings):
    records = []
    cfg = settings(
        {
            "perceptual.width": 8,
            "perceptual.vector": 16,
            "perceptual.steps": 60,
            "batch": 20,
            "generator.steps": 60,
            "log_every": 10,
            "generator.freeze": False,
            "crops.train": "random",
        }
        | LOUD
    )
    run = Run(log=records.append)
    network = perceive(tiny.problem.images, tiny.problem.y, cfg, run)
    assert not any(p.requires_grad for p in network.parameters())
    invert(Pictures(tiny.problem.images, network, None, cfg.crops, CPU), cfg, run)
    of = {p: [r for r in records if r["phase"] == p] for p in ("perceptual", "generator")}
    assert of["perceptual"][-1]["accuracy"] > 0.8 > of["perceptual"][0]["accuracy"]
    assert of["generator"][-1]["pixel"] < 0.5 * of["generator"][0]["pixel"]


def test_a_file_of_weights_is_where_the_generator_starts(tiny, settings, tmp_path, pictures):
    torch.set_default_dtype(torch.float32)
    generator = new_generator(8, settings(), 99, CPU)
    torch.save(generator.state_dict(), tmp_path / "g.pth")
    given = Pictures(pictures.images, pictures.perceptual.float(), None, pictures.cfg, CPU)
    changes = {"generator.weights": str(tmp_path / "g.pth"), "crops.train": "random"}
    kept = invert(given, settings({**changes, "generator.steps": 0}), Run())
    for name, value in generator.state_dict().items():
        assert torch.equal(kept.state_dict()[name], value)
    further = invert(given, settings(changes), Run())
    assert not torch.equal(further.fc0.weight, generator.fc0.weight)
    (tmp_path / "g.pth").write_bytes(b"no weights")
    with pytest.raises(ValueError, match=r"g\.pth cannot be read as weights"):
        invert(given, settings(changes), Run())


def test_labels_are_counted_among_classes_that_occur(tiny, settings):
    """Ids of seen classes have gaps."""
    cfg = settings({"perceptual.steps": 2})
    one = perceive(tiny.problem.images, tiny.problem.y, cfg, Run())
    ids = np.searchsorted(np.flatnonzero(tiny.problem.seen), tiny.problem.y)
    other = perceive(tiny.problem.images, ids, cfg, Run())
    for name, value in one.state_dict().items():
        assert torch.equal(other.state_dict()[name], value)
