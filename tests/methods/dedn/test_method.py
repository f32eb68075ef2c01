"""What DEDN owes its callers."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import safetensors.torch
import torch

from tests.methods.dedn.conftest import CLUSTERS
from tests.methods.killed import Killed
from tests.methods.nested import leaves
from zslcore.data.problem import Rows
from zslcore.methods.dedn import maps as region_maps
from zslcore.methods.dedn.answers import class_scores
from zslcore.methods.dedn.layout import lay_out
from zslcore.methods.dedn.method import fit, load
from zslcore.methods.dedn.networks import build
from zslcore.methods.dedn.task import prepare
from zslcore.methods.dedn.train import losses
from zslcore.nn import resume
from zslcore.nn.streams import Diverged, Streams
from zslcore.runtime.run import Run

SEEDS = (0, 1)


def train(tiny, cfg, seeds=SEEDS, **how):
    return fit(tiny[0], cfg, Run(seeds=seeds, **how), CLUSTERS)


@pytest.fixture(scope="module")
def trained(tiny, settings):
    """Once for the tests below."""
    return train(tiny, settings())


@pytest.fixture(scope="module")
def scores(trained, tiny, inference):
    return trained.scores(tiny[1], inference())


def test_scores_are_those_of_the_answers(trained, scores, tiny, inference):
    assert scores.shape == (2, 10, 9)
    assert scores.dtype == np.float32
    assert trained.kind == "similarity"
    found = class_scores(trained.answers(tiny[1]), tiny[0].class_vectors, tiny[0].seen, inference())
    assert np.array_equal(scores, found)


def test_same_seed_same_scores(tiny, settings, inference, scores):
    assert np.array_equal(train(tiny, settings()).scores(tiny[1], inference()), scores)


def test_a_seed_alone_is_the_seed_in_company(tiny, settings, inference, scores):
    for place, seed in enumerate(SEEDS):
        alone = train(tiny, settings(), seeds=(seed,)).scores(tiny[1], inference())
        np.testing.assert_allclose(alone[0], scores[place], atol=1e-4)
    assert not np.allclose(scores[0], scores[1], atol=1e-2)


def test_how_many_images_are_looked_at_at_a_time_does_not_matter(trained, scores, tiny, inference):
    parts = [trained.scores(tiny[1][part], inference()) for part in (slice(0, 3), slice(3, 10))]
    np.testing.assert_allclose(np.concatenate(parts, 1), scores, atol=1e-5)
    many = np.tile(tiny[1], (13, 1, 1))
    np.testing.assert_allclose(
        trained.scores(many, inference()), np.tile(scores, (1, 13, 1)), atol=1e-5
    )


def test_maps_from_a_file_give_the_same_model(
    tiny, settings, inference, scores, tmp_path, monkeypatch
):
    problem, new = tiny
    np.save(tmp_path / "maps.npy", problem.regions[:])
    file = np.load(tmp_path / "maps.npy", mmap_mode="r")
    monkeypatch.setattr(region_maps, "RESIDENT", 0)
    problem = replace(problem, regions=Rows(file, np.arange(len(file))))
    assert np.array_equal(train((problem, new), settings()).scores(new, inference()), scores)


@pytest.mark.parametrize("changes", [{}, {"rank": 2}, {"experts": "fine", "branches": "region"}])
def test_files_restore_the_scores(tiny, settings, inference, tmp_path, changes):
    model = train(tiny, settings(changes))
    model.save(tmp_path)
    found = load(tmp_path)
    assert found.cfg == model.cfg
    assert np.array_equal(found.scores(tiny[1], inference()), model.scores(tiny[1], inference()))
    assert {path.name for path in tmp_path.iterdir()} == {"model.safetensors", "model.json"}


@pytest.mark.parametrize("missing", ["classes.seen", "classes.clusters", "weights.w4"])
def test_incomplete_files_are_named(trained, tmp_path, missing):
    trained.save(tmp_path)
    path = tmp_path / "model.safetensors"
    tensors = safetensors.torch.load(path.read_bytes())
    del tensors[missing]
    path.write_bytes(safetensors.torch.save(tensors))
    with pytest.raises(
        ValueError,
        match=rf"model\.safetensors is not a complete DEDN.*{missing.removeprefix('weights.')}",
    ):
        load(tmp_path)


def test_attention_is_the_softmax_of_each_attributes_own_logits(trained, tiny):
    found = trained.attention(tiny[1])
    assert set(found) == {"coarse", "fine"}
    maps = torch.nn.functional.normalize(torch.from_numpy(tiny[1]).float(), dim=2)
    order = np.argsort(CLUSTERS, kind="stable")
    for seed in SEEDS:
        v, w2 = trained.weights["v"][seed], trained.weights["w2"][seed]
        for attribute in range(7):
            row = int(np.flatnonzero(order == attribute)[0])
            for expert, at, q in (("coarse", row, 0), ("fine", 7 + row, 1 + CLUSTERS[attribute])):
                expected = (maps @ (v[at] @ w2[q])).softmax(1).numpy()
                np.testing.assert_allclose(
                    found[expert][seed, :, attribute], expected, rtol=1e-4, atol=1e-6
                )


def test_without_the_region_branch_there_is_no_attention_to_see(tiny, settings):
    assert train(tiny, settings({"branches": "channel"})).attention(tiny[1]) == {}


def test_leaves_the_problem_untouched(tiny, settings):
    before = copy.deepcopy(tiny[0])
    train(tiny, settings())
    for key in ("y", "class_vectors", "seen", "attribute_vectors"):
        assert np.array_equal(getattr(tiny[0], key), getattr(before, key))
    assert np.array_equal(tiny[0].regions[:], before.regions[:])


def test_every_epoch_and_seed_is_logged_with_its_terms(tiny, settings):
    records = []
    train(tiny, settings(), log=records.append)
    assert [(r["epoch"], r["seed"]) for r in records] == [(e, s) for e in (1, 2, 3) for s in SEEDS]
    terms = {"classification", "align", "distill", "self_calibration"}
    assert set(records[0]) == {"epoch", "seed", *terms}


@pytest.mark.parametrize(
    "changes",
    [
        {"experts": "coarse", "branches": "region", "loss.self_calibration": 0.0},
        {"loss.align": 0.0, "loss.distill": 0.0, "loss.self_calibration": 0.0},
    ],
)
def test_terms_without_weight_or_partner_are_not_logged(tiny, settings, changes):
    records = []
    train(tiny, settings(changes), log=records.append)
    assert set(records[0]) == {"epoch", "seed", "classification"}


def test_the_first_record_is_the_loss_of_the_untrained_networks(tiny, settings):
    """One step over all images: what is logged was found before it."""
    cfg = settings({"sampler": "uniform", "batch_size": 30, "epochs": 1})
    run, records = Run(seeds=(3, 1)), []
    fit(tiny[0], cfg, replace(run, log=records.append), CLUSTERS)
    layout = lay_out(CLUSTERS, cfg)
    task = prepare(tiny[0], layout, cfg, run)
    vectors = torch.from_numpy(tiny[0].attribute_vectors)
    weights = build(layout, vectors, task.maps.shape, 0, Streams(run))
    every = torch.arange(30).expand(2, -1)
    for name, term in losses(weights, task, task.maps[every], task.y[every]).items():
        assert [r[name] for r in records] == pytest.approx(term.tolist(), rel=1e-4), name


def test_every_epoch_draws_batches_of_its_own(tiny, settings, monkeypatch):
    drawn = []
    read = region_maps.Maps.__getitem__
    monkeypatch.setattr(
        region_maps.Maps, "__getitem__", lambda self, i: drawn.append(i.tolist()) or read(self, i)
    )
    train(tiny, settings())
    assert len(drawn) == 15
    assert len({str(batch) for batch in drawn}) == 15


def test_all_steps_are_made(tiny, settings, monkeypatch):
    """30 images, 3 epochs, batches of 7: 12 steps."""
    made = []
    step = torch.optim.RMSprop.step
    monkeypatch.setattr(torch.optim.RMSprop, "step", lambda self: made.append(step(self)))
    train(tiny, settings({"batch_size": 7}))
    assert len(made) == 12


@pytest.mark.parametrize("after", [1, 3, 4, 6])
def test_killed_and_run_again_it_ends_with_the_same_bytes(
    tiny, settings, inference, scores, tmp_path, monkeypatch, after
):
    """Killed after so many of the six log records."""
    monkeypatch.setattr(resume, "OFTEN", 0.0)
    whole, again = [], []
    expected = train(tiny, settings(), log=whole.append)

    def log(record):
        again.append(record)
        if len(again) == after:
            raise Killed

    with pytest.raises(Killed):
        train(tiny, settings(), log=log, scratch=tmp_path)
    assert any(tmp_path.iterdir()) or after < 3
    again.clear()
    found = train(tiny, settings(), log=again.append, scratch=tmp_path)
    assert again == whole
    assert np.array_equal(found.scores(tiny[1], inference()), scores)
    for name, weight in expected.weights.items():
        assert torch.equal(found.weights[name], weight)


@pytest.mark.filterwarnings("ignore")
def test_divergence_is_named_with_term_epoch_and_iteration(tiny, settings):
    with pytest.raises(Diverged, match=r"classification is not finite in epoch 1, iteration 2"):
        train(tiny, settings({"optimizer.lr": 1e38}))


def test_without_region_maps_it_says_what_to_do(tiny, settings):
    with pytest.raises(ValueError, match=r"needs region maps: set features\.regions to true"):
        train((replace(tiny[0], regions=None), None), settings())


def test_without_attribute_vectors_it_says_what_to_do(tiny, settings):
    blind = (replace(tiny[0], attribute_vectors=None), None)
    with pytest.raises(ValueError, match=r"no vectors of attribute names.*or set it to one_hot"):
        train(blind, settings())
    model = train(blind, settings({"attribute_vectors": "one_hot"}))
    assert model.weights["v"].shape == (2, 14, 7)


def test_clusters_of_another_dataset_are_refused(tiny, settings):
    with pytest.raises(ValueError, match="6 attributes have a cluster, the classes 7"):
        fit(tiny[0], settings(), Run(), CLUSTERS[:6])


def test_bf16_is_close_to_fp32(tiny, settings, inference, scores):
    rough = train(tiny, settings({"precision": "bf16", "epochs": 1}))
    exact = train(tiny, settings({"epochs": 1})).scores(tiny[1], inference())
    found = rough.scores(tiny[1], inference())
    assert all(weight.dtype == torch.float32 for weight in rough.weights.values())
    assert not np.array_equal(found, exact)
    assert np.abs(found - exact).mean() < 0.05 * exact.std()


ANOTHER = {
    "experts": "fine",
    "branches": "region",
    "attribute_vectors": "one_hot",
    "train_vectors": False,
    "rank": 3,
    "training_lambda_rc": 0.5,
    "loss.classification": "cross_entropy",
    "loss.pair": "paper",
    "sampler": "uniform",
    "batch_size": 7,
    "optimizer.smoothing": 0.99,
    "optimizer.momentum": 0.5,
    "precision": "bf16",
}


def test_every_hyperparameter_matters(tiny, settings, inference):
    def outcome(changes):
        return train(tiny, settings(changes), seeds=(0,)).scores(tiny[1], inference())

    plain, unused = outcome({}), []
    for key, value in leaves(settings().model_dump()):
        if np.array_equal(outcome({key: ANOTHER[key] if key in ANOTHER else 2 * value}), plain):
            unused.append(key)
    assert unused == []


def test_every_setting_of_inference_matters(tiny, inference, scores, trained):
    for key, value in leaves(inference().model_dump()):
        changed = inference({key: value / 2})
        assert not np.array_equal(trained.scores(tiny[1], changed), scores), key
