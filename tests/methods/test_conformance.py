"""What every baseline owes its callers."""

import copy

import numpy as np
import pytest

from zslcore.methods.baselines.config import NAMES, Config
from zslcore.methods.baselines.method import fit, load
from zslcore.runtime.run import Run

SGD = {"lr": 10.0, "margin": 1.0, "epochs": 10, "batch_size": 32}
NET = {"hidden": 20, "lr": 3e-2, "decay": 1e-3, "epochs": 20, "batch_size": 32}
SETTINGS = {
    "eszsl": {"gamma": 1.0, "lam": 0.1, "targets": "zero_one"},
    "ridge_vs": {"gamma": 1.0, "metric": "cosine"},
    "ridge_sv": {"gamma": 1.0, "metric": "cosine"},
    "sae_vs": {"lam": 1.0},
    "sae_sv": {"lam": 1.0},
    "sync": {"gamma": 1.0, "lam": 1e-3, "sigma": 0.5},
    "devise": SGD,
    "ale": SGD,
    "sje": SGD,
    "latem": SGD | {"matrices": 2},
    "dap": {"decay": 1e-4, "prior": "seen_mean"},
    "iap": {"decay": 1e-4, "prior": "seen_mean"},
    "conse": {"decay": 1e-4, "top": 4},
    "cmt": NET,
    "cmt_star": NET | {"quantile": 0.05},
}
COMMON = {"normalize": "l2", "class_vectors": "l2", "select_by": "zsl.acc"}
TRAINED = ("devise", "ale", "sje", "latem", "cmt", "cmt_star")
SEEDS = (0, 1, 2)


def train(name, toy, setting=None, seeds=SEEDS, **common):
    cfg = Config.model_validate({"names": [name], **COMMON, **common, **SETTINGS})
    setting = SETTINGS[name] if setting is None else setting
    return fit(toy.problem, cfg, Run(seeds=seeds), {name: setting})[name]


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def model(name, toy):
    """Each baseline trained once for the tests below."""
    return train(name, toy)


@pytest.fixture(scope="module")
def scores(model, toy):
    return model.scores(toy.x)


def accuracy(scores, toy):
    unseen = np.flatnonzero(~toy.problem.seen)
    asked = np.isin(toy.y, unseen)
    return (unseen[scores[:, asked][..., unseen].argmax(-1)] == toy.y[asked]).mean(axis=1)


def test_scores_every_class_with_finite_numbers(name, scores, toy):
    seeds = len(SEEDS) if name in TRAINED else 1
    assert scores.shape == (seeds, len(toy.x), 16)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_only_what_is_called_a_distance_is_one(name, model, scores):
    assert model.kind == ("distance" if name == "cmt" else "similarity")
    assert (scores <= 0).all() or model.kind == "similarity"


def test_recognises_unseen_classes_of_an_easy_problem(scores, toy):
    assert (accuracy(scores, toy) > 0.9).all()  # chance is 0.25; seeds 0..15 all reach 1.0


def test_same_seed_same_scores(name, scores, toy):
    assert np.array_equal(train(name, toy).scores(toy.x), scores)


@pytest.mark.parametrize("name", TRAINED, indirect=True)
def test_a_seed_alone_is_the_seed_in_company(name, scores, toy):
    alone = [train(name, toy, seeds=(seed,)).scores(toy.x) for seed in SEEDS]
    np.testing.assert_allclose(np.concatenate(alone), scores, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", TRAINED, indirect=True)
def test_seeds_differ(scores):
    assert len(scores) == len({one.tobytes() for one in scores})


def test_files_restore_the_scores(model, scores, toy, tmp_path):
    model.save(tmp_path)
    restored = load(tmp_path)
    assert restored.kind == model.kind
    assert np.array_equal(restored.scores(toy.x), scores)


def test_leaves_the_problem_untouched(name, toy):
    before = copy.deepcopy(toy.problem)
    train(name, toy, normalize="none", class_vectors="none")
    for key in ("x", "y", "class_vectors", "seen"):
        assert np.array_equal(getattr(toy.problem, key), getattr(before, key))


def variants(setting):
    """The setting once per key, with another choice or the number doubled."""
    other = {"targets": "plus_minus", "metric": "euclidean", "prior": "half"}
    for key, value in setting.items():
        yield key, setting | {key: other.get(key) or 2 * value}


def test_every_hyperparameter_matters(name, scores, toy):
    unused = [
        key
        for key, setting in variants(SETTINGS[name])
        if np.array_equal(train(name, toy, setting).scores(toy.x), scores)
    ]
    assert unused == []


@pytest.mark.parametrize("key", ["normalize", "class_vectors"])
def test_lengths_matter(name, scores, toy, key):
    """Not that of class vectors to DAP and IAP: these ask only which attributes are high."""
    same = np.array_equal(train(name, toy, **{key: "none"}).scores(toy.x), scores)
    assert same == (key == "class_vectors" and name in ("dap", "iap"))
