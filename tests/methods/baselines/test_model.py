"""Scores of many images, and what is on disk."""

import json

import numpy as np
import pytest
import torch

from zslcore.methods.baselines.model import Model, load
from zslcore.methods.baselines.scorers import Compatibility, Gated, Nearest, NearestImage, nearness


@pytest.fixture
def model():
    weight = torch.randn(2, 3, 5, 4, generator=torch.Generator().manual_seed(0))
    return Model(Compatibility(weight, torch.ones(2, 3, 5, 6)), "l2", "l2")


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(2500, 5)).astype(np.float32)


def test_scores_are_the_best_matrix_on_unit_length_images(model, x):
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    expected = np.einsum("nd,sldk->slnk", unit, model.scorer.weight.numpy()).max(axis=1)
    scores = model.scores(x)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, expected, atol=1e-5)


def test_a_read_only_array_is_scored(model, x):
    x.setflags(write=False)
    assert model.scores(x).shape == (2, 2500, 4)


@pytest.mark.parametrize(("metric", "kind"), [("cosine", "similarity"), ("euclidean", "distance")])
def test_only_distances_may_be_rescaled(metric, kind):
    assert Nearest(torch.ones(3, 5), torch.ones(2, 5), metric).kind == kind
    assert NearestImage(torch.ones(3, 5), torch.ones(2, 5), metric).kind == kind


def test_distances_are_squared_lengths_of_differences(x):
    to = x[:4] + 1
    near = nearness(torch.tensor(x), torch.tensor(to), "euclidean")
    expected = -((x[:, None] - to) ** 2).sum(-1)
    np.testing.assert_allclose(near, expected, atol=1e-4)


def test_rounding_makes_no_negative_distance(x):
    same = torch.tensor(x)
    near = nearness(same, same[:50], "euclidean")
    assert (near <= 0).all()
    assert near[:50].diagonal().abs().max() < 1e-5


def test_cosines(x):
    near = nearness(torch.tensor(x), torch.tensor(x[:4]), "cosine")
    lengths = np.linalg.norm(x, axis=1)
    expected = x @ x[:4].T / lengths[:, None] / lengths[:4]
    np.testing.assert_allclose(near, expected, atol=1e-5)


def test_files_are_the_same_bytes_every_time(model, tmp_path):
    for folder in ("a", "b"):
        model.save(tmp_path / folder)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == ["model.json", "model.safetensors"]
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_missing_part_is_named(tmp_path):
    scorer = NearestImage(torch.ones(3, 5), torch.ones(2, 5), "cosine")
    Model(scorer, "none", "none").save(tmp_path)
    about = json.loads((tmp_path / "model.json").read_text())
    del about["plain"]["metric"]
    (tmp_path / "model.json").write_text(json.dumps(about))
    with pytest.raises(ValueError, match=r"NearestImage has \['map', 'metric', 'prototypes'\]"):
        load(tmp_path)


def test_tensors_of_another_scorer_are_refused(model, tmp_path):
    model.save(tmp_path)
    about = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps(about | {"scorer": Gated.__name__}))
    with pytest.raises(ValueError, match=r"the files have \['maps', 'weight'\]"):
        load(tmp_path)
