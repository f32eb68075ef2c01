"""The stage: what it reads and writes."""

import json

import numpy as np
import pytest

from stages import attribute_clusters, paths
from zslcore.clusters.clusters import load
from zslcore.runtime.files import write_json

NAMES = ["a::1", "b::1", "a::2", "c::1"]


@pytest.fixture
def stage(tmp_path, monkeypatch, settings):
    """Write a prepared dataset and settings, and run the stage on it."""
    monkeypatch.chdir(tmp_path)

    def stage(names=NAMES, vectors=None, listed=True, seed=0, **changes):
        values = {"listed": listed, "seed": seed}
        cfg = settings(**changes).model_dump(mode="json")
        write_json({**values, "attribute_clusters": cfg}, paths.config("d", "attribute_clusters"))
        problem = paths.prepared("d") / "test" / "problem"
        about = {"class_names": ["x"], "attribute_names": names}
        write_json(about, problem / "problem.json")
        (problem / "attribute_vectors.npy").unlink(missing_ok=True)
        if vectors is not None:
            np.save(problem / "attribute_vectors.npy", vectors)
        attribute_clusters.main("d")
        return load(paths.clusters("d"))

    return stage


def test_it_writes_the_clusters(stage, tmp_path):
    found = stage(by="prefix")
    assert (found.names, found.of.tolist()) == (("a", "b", "c"), [0, 1, 0, 2])
    assert [p.name for p in (tmp_path / "data/clusters/d").iterdir()] == ["clusters.json"]


def test_it_reads_the_vectors(stage):
    vectors = np.array([[1.0, 0], [0, 1], [1, 0.1], [0.1, 1]])
    assert stage(vectors=vectors, by="kmeans").of.tolist() == [0, 1, 0, 1]


def test_the_seed_draws(stage):
    vectors = np.random.default_rng(0).standard_normal((60, 9))
    cfg = {"by": "kmeans", "kmeans": {"clusters": 6, "restarts": 1}}
    runs = [stage(names=[], vectors=vectors, seed=s, **cfg).of.tolist() for s in (0, 0, 1, 2)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2] or runs[0] != runs[3]


def test_where_no_method_asks_the_output_is_there_and_empty(stage, tmp_path):
    with pytest.raises(ValueError, match="has no clusters of attributes: `methods` lists none"):
        stage(listed=False, by="kmeans")
    assert json.loads((tmp_path / "data/clusters/d/clusters.json").read_text())["names"] == []


def test_where_there_are_no_attributes_the_output_is_there_and_empty(stage, tmp_path):
    with pytest.raises(ValueError, match="has no clusters of attributes: the dataset names no"):
        stage(names=[])
    assert (tmp_path / "data/clusters/d/clusters.json").exists()
