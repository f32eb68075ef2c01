"""Real names and vectors of CUB, SUN and AwA2."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from zslcore.clusters.find import find

SHAPES = {"CUB": (312, 300), "SUN": (102, 300), "AWA2": (85, 300)}
PARTITIONS = {"CUB": "cub", "SUN": "sun", "AWA2": "awa2"}
KMEANS = {
    name: {"clusters": k, "restarts": n}
    for name, k, n in (("CUB", 6, 2), ("SUN", 4, 5), ("AWA2", 4, 5))
}


@pytest.fixture
def run(real, settings):
    def run(name, **changes):
        names, vectors = real(name)
        return find(names, vectors, settings(**changes), np.random.default_rng(0))

    return run


def test_the_28_prefixes_of_cub_make_the_clusters_of_table_1(run):
    assert len(run("CUB", by="prefix").names) == 28
    found = run("CUB", by="listed", partition="cub")
    assert found.names == ("head", "torso", "wing", "tail", "leg", "whole")
    assert found.sizes == (112, 87, 24, 40, 15, 34)


@pytest.mark.parametrize(
    ("name", "partition", "first"),
    [
        ("SUN", "sun", ["sailing boating", "wire", "waves surf", "natural light"]),
        ("SUN", "sun_executed", ["sailing boating", "wire", "aged worn", "warm"]),
        ("AWA2", "awa2", ["black", "flippers", "smelly", "arctic"]),
    ],
)
def test_lists_fit_the_attributes(run, real, name, partition, first):
    found = run(name, by="listed", partition=partition)
    names, vectors = real(name)
    assert len(found.of) == len(names) == len(vectors)
    assert [names[found.of.tolist().index(q)] for q in range(4)] == first


@pytest.mark.parametrize("name", SHAPES)
def test_vectors_are_divided_without_a_nan(run, real, name):
    _, vectors = real(name)
    assert vectors.shape == SHAPES[name]
    zero = np.flatnonzero(~vectors.any(axis=1)).tolist()
    assert zero == ([88] if name == "SUN" else [])
    found = run(name, by="kmeans", kmeans=KMEANS[name])
    assert sum(found.sizes) == len(vectors)
    assert all(found.of[i] == np.argmax(found.sizes) for i in zero)
    assert "nan" not in found.how
    listed = run(name, by="listed", partition=PARTITIONS[name])
    assert 0.02 < adjusted_rand_score(listed.of, found.of) < 0.9
