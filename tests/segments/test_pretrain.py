"""Pre-training in one process; test_several_processes.py says that more do the same."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from tests.methods.killed import Killed
from tests.methods.nested import leaves
from tests.segments.made_up import scenes, settings, training
from zslcore.nn import resume
from zslcore.nn.state import State
from zslcore.nn.streams import Diverged
from zslcore.runtime import processes
from zslcore.runtime.run import Run
from zslcore.segments.model import Segmenter
from zslcore.segments.pretrain import ALL, factor, optimizer, pretrain, rounds

SCENES = training(scenes())


def saved(segmenter, folder):
    segmenter.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def weights(segmenter):
    return {name: value.numpy().tobytes() for name, value in segmenter.state_dict().items()}


@pytest.fixture(scope="module")
def trained():
    """Once, with what was logged."""
    records = []
    return pretrain(SCENES, settings(), Run(log=records.append)), records


def test_every_round_of_steps_is_logged(trained):
    _, records = trained
    terms = {"loss", "classification", "mask", "dice", "accuracy"}
    assert [(r["epoch"], r["seed"]) for r in records] == [(1, 0), (2, 0), (3, 0)]
    assert all(record.keys() == {"epoch", "seed", *terms} for record in records)
    for r in records:
        weighted = 2 * r["classification"] + 5 * r["mask"] + 5 * r["dice"]
        assert r["loss"] == pytest.approx(3 * weighted, rel=1e-5), "of three levels"


def test_it_tells_the_seen_classes_apart(trained):
    segmenter, _ = trained
    assert segmenter.classes == (0, 2, 3)
    assert segmenter.n_classes == 4
    assert not segmenter.training


def test_same_seed_same_weights_whatever_else_is_drawn(trained):
    torch.manual_seed(99)
    state = torch.get_rng_state()
    again = pretrain(SCENES, settings(), Run())
    assert torch.equal(torch.get_rng_state(), state)
    assert weights(again) == weights(trained[0])
    assert weights(pretrain(SCENES, settings(), Run(seeds=(1,)))) != weights(again)


def test_workers_change_nothing(trained):
    assert weights(pretrain(SCENES, settings({"workers": 1}), Run())) == weights(trained[0])


def test_training_lowers_every_term():
    records = []
    cfg = settings({"steps": 60, "log_every": 10, "batch_size": 7, "optimizer.lr": 5.0e-3})
    pretrain(SCENES, cfg, Run(log=records.append))
    for term in ("classification", "mask", "dice"):
        assert records[-1][term] < 0.8 * records[0][term], term
    assert records[-1]["accuracy"] > max(0.5, records[0]["accuracy"])


@pytest.mark.parametrize("after", [1, 2, 3])
def test_killed_and_run_again_it_ends_with_the_same_bytes(trained, tmp_path, monkeypatch, after):
    monkeypatch.setattr(resume, "OFTEN", 0.0)
    segmenter, whole = trained
    again = []

    def log(record):
        again.append(record)
        if len(again) == after:
            raise Killed

    with pytest.raises(Killed):
        pretrain(SCENES, settings(), Run(log=log, scratch=tmp_path / "scratch"))
    assert (tmp_path / "scratch").exists() or after == 1
    again.clear()
    found = pretrain(SCENES, settings(), Run(log=again.append, scratch=tmp_path / "scratch"))
    assert again == whole
    assert saved(found, tmp_path / "a") == saved(segmenter, tmp_path / "b")


def test_other_processes_go_on_from_where_the_first_does_and_write_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(resume, "OFTEN", 0.0)
    cfg, seen, logged = settings(), [], []

    def fresh():
        segmenter = Segmenter.random(cfg.network, (0, 2, 3), 4, 0)
        return State(segmenter, {ALL: optimizer(segmenter, cfg.optimizer)})

    run = Run(log=logged.append, scratch=tmp_path)
    first = fresh()
    for epoch in rounds(first, 5, run):
        first.epochs += 1
        first.records.append({"epoch": epoch})
        first.networks.class_layer.bias.data += 1
        if epoch == 2:
            break
    (path,) = tmp_path.iterdir()
    held = path.read_bytes()
    monkeypatch.setattr(processes, "rank", lambda: 1)
    other = fresh()
    for epoch in rounds(other, 5, run):
        seen.append(epoch)
        other.epochs += 1
    assert seen == [2, 3, 4]
    assert other.records == [{"epoch": 0}, {"epoch": 1}]
    assert path.read_bytes() == held
    assert logged == []
    start = fresh().networks.class_layer.bias
    assert torch.equal(other.networks.class_layer.bias, start + 1 + 1)


def test_unseen_classes_stop_it():
    leaking = replace(SCENES, seen=np.array([True, False, True, False]))
    with pytest.raises(ValueError, match="shows unseen classes to training: yellow"):
        pretrain(leaking, settings(), Run())


def test_fewer_images_than_processes_are_refused(monkeypatch):
    monkeypatch.setattr(processes, "count", lambda: 4)
    with pytest.raises(ValueError, match="batches of 3 images cannot be shared by 4"):
        pretrain(SCENES, settings(), Run())


@pytest.mark.filterwarnings("ignore")
def test_divergence_is_named_with_term_and_step():
    cfg = settings({"optimizer.lr": 1.0e30, "optimizer.warm_up": 0.0, "log_every": 5})
    with pytest.raises(Diverged, match=r"\w+ is not finite in epoch 1, iteration 2"):
        pretrain(SCENES, cfg, Run())


def test_half_precision_trains_in_single_precision_weights(trained):
    found = pretrain(SCENES, settings({"precision": "bfloat16"}), Run())
    assert {p.dtype for p in found.parameters()} == {torch.float32}
    assert weights(found) != weights(trained[0])
    for a, b in zip(found.parameters(), trained[0].parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0.02)


def test_the_learning_rate_rises_and_falls():
    cycle = settings({"optimizer.warm_up": 0.2}).optimizer
    assert [factor(cycle, t) for t in (0.0, 0.1, 0.2, 0.6, 1.0)] == pytest.approx(
        [0, 0.5, 1, 0.5, 0]
    )
    drops = settings({"optimizer.warm_up": 0.2, "optimizer.schedule": "drops"}).optimizer
    shares = (0.1, 0.2, 0.89, 0.9, 0.94, 0.95, 0.999)
    assert [factor(drops, t) for t in shares] == pytest.approx([0.5, 1, 1, 0.1, 0.1, 0.01, 0.01])
    for schedule in ("cycle", "drops"):
        at_once = settings({"optimizer.warm_up": 0.0, "optimizer.schedule": schedule}).optimizer
        assert factor(at_once, 0.0) == 1


def test_every_parameter_is_in_the_group_it_belongs_to():
    cfg = settings()
    segmenter = Segmenter.random(cfg.network, (0, 2, 3), 4, 0)
    groups = optimizer(segmenter, cfg.optimizer).param_groups
    names = {id(p): name for name, p in segmenter.named_parameters()}
    held = [names.pop(id(p)) for group in groups for p in group["params"]]
    assert not names
    assert len(held) == len(list(segmenter.parameters()))
    rates = {}
    for group in groups:
        for p in group["params"]:
            rates[id(p)] = group["peak"], group["weight_decay"]
    of = dict(segmenter.named_parameters())
    backbone = "network.pixel_level_module.encoder"
    for name, expected in {
        f"{backbone}.embedder.embedder.convolution.weight": (1.0e-3, 0.05),
        f"{backbone}.embedder.embedder.normalization.weight": (1.0e-3, 0.0),
        "network.transformer_module.decoder.layernorm.bias": (2.0e-3, 0.0),
        "network.transformer_module.queries_embedder.weight": (2.0e-3, 0.0),
        "class_layer.weight": (2.0e-3, 0.05),
        "class_layer.bias": (2.0e-3, 0.05),
    }.items():
        assert rates[id(of[name])] == expected, name


def test_gradients_are_clipped_together(monkeypatch):
    lengths = []

    def clip(parameters, longest):
        parameters = list(parameters)
        lengths.append((len(parameters), longest))
        return original(parameters, longest)

    original = nn.utils.clip_grad_norm_
    monkeypatch.setattr(nn.utils, "clip_grad_norm_", clip)
    found = pretrain(SCENES, settings({"steps": 1, "optimizer.clip": 0.25}), Run())
    assert lengths == [(len(list(found.parameters())), 0.25)]


MATTERS_WITH = {
    "augment.crop": {},
    "augment.scale_min": {"augment.crop": 64},
    "augment.scale_max": {"augment.crop": 64},
}
ANOTHER = {
    "network.backbone.kind": "test_resnet",
    "network.backbone.channels": (8, 8, 8, 16),
    "network.backbone.depths": (1, 2, 1, 1),
    "network.backbone.frozen_norm": True,
    "network.heads": 4,
    "augment.flip": False,
    "augment.crop": 32,
    "optimizer.schedule": "drops",
    "precision": "bfloat16",
    "loss.importance": 0.5,
    "loss.oversample": 2.0,
}
NOT_OF_TRAINING = {"network.backbone.weights", "size.short", "size.long", "log_every", "workers"}


def test_every_hyperparameter_matters():
    known, unused = {}, []

    def outcome(changes):
        key = repr(sorted(changes.items()))
        if key not in known:
            cfg = settings({"steps": 3, "log_every": 3, "optimizer.warm_up": 0.4, **changes})
            known[key] = weights(pretrain(SCENES, cfg, Run()))
        return known[key]

    for key, value in leaves(settings({"steps": 3, "optimizer.warm_up": 0.4}).model_dump()):
        if key in NOT_OF_TRAINING:
            continue
        needed = MATTERS_WITH.get(key, {})
        other = ANOTHER.get(key, 0.6 * value if isinstance(value, float) else 2 * value)
        if outcome(needed) == outcome({**needed, key: other}):
            unused.append(key)
    assert unused == [], unused
