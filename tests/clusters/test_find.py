"""The way that the settings say, and what it needs."""

import numpy as np
import pytest
from pydantic import ValidationError

from zslcore.clusters.find import find
from zslcore.data.sources.shapes.factors import attribute_names
from zslcore.data.sources.shapes.vectors import attribute_vectors

NAMES, VECTORS = attribute_names(), attribute_vectors()
SUN = np.random.default_rng(0).standard_normal((102, 3))


@pytest.fixture
def run(settings):
    def run(names=NAMES, vectors=VECTORS, seed=0, **changes):
        return find(names, vectors, settings(**changes), np.random.default_rng(seed))

    return run


def test_single_is_one_cluster(run):
    found = run(by="single")
    assert (found.names, found.of.tolist()) == (("all",), [0] * 25)


def test_prefix_and_half_of_the_embedded_benchmark(run):
    assert run(by="prefix").names == ("shape", "hue", "texture", "frame", "badge", "mark")
    half = run(by="prefix", merge="half")
    assert half.names == ("shape+hue+texture", "frame", "badge+mark")
    assert half.of.tolist() == [0] * 16 + [1] * 3 + [2] * 4 + [2] * 2


def test_kmeans_finds_the_groups_that_the_vectors_of_the_embedded_benchmark_share(run):
    """Names of one group have a cosine of about 0.5, others 0."""
    found = run(by="kmeans", kmeans={"clusters": 6, "restarts": 20})
    np.testing.assert_array_equal(found.of, run(by="prefix").of)


def test_every_setting_matters(run):
    assert run(by="prefix", names=[n.replace("::", "/") for n in NAMES], separator="/").names
    sun = {"by": "listed", "names": (), "vectors": SUN}
    assert run(**sun, partition="sun").sizes != run(**sun, partition="sun_executed").sizes
    kmeans = {"by": "kmeans", "vectors": SUN, "names": ()}
    results = [
        run(**kmeans, kmeans={"clusters": k, "restarts": n}, seed=seed).of.tolist()
        for k, n, seed in ((8, 1, 0), (9, 1, 0), (8, 30, 0), (8, 1, 1))
    ]
    assert [results[0] == other for other in results] == [True, False, False, False]


def test_names_or_vectors_alone_will_do(run):
    assert run(vectors=None, by="prefix").sizes == (6, 6, 4, 3, 4, 2)
    assert run(names=(), by="kmeans").sizes
    assert run(names=(), by="single").sizes == (25,)
    assert run(names=["x"] * 102, vectors=None, by="listed", partition="sun").sizes[0] == 38


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"names": (), "vectors": None}, "0 attribute names and 0 attribute vectors; there is to"),
        ({"vectors": VECTORS[1:]}, "25 attribute names and 24 attribute vectors; there is to be"),
        ({"by": "kmeans", "vectors": None}, "kmeans need attribute vectors: set attribute_vectors"),
        ({"by": "prefix", "names": ()}, "prefix need the attributes' names: set attribute_names"),
        ({"by": "prefix", "separator": "/"}, "25 of 25 attribute names do not begin"),
        ({"by": "listed"}, "no partition is named for this dataset: set partition, or another by"),
        ({"by": "listed", "partition": "sun"}, "one of 102 attributes, the dataset has 25"),
        ({"by": "kmeans", "merge": "half"}, "how to halve the 2 clusters kmeans_0, kmeans_1; ther"),
        ({"by": "kmeans", "kmeans": {"clusters": 26, "restarts": 1}}, "25 distinct dir.* for 26"),
    ],
)
def test_a_way_that_does_not_suit_the_attributes(run, changes, message):
    with pytest.raises(ValueError, match=message):
        run(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"by": "colour"},
        {"separator": ""},
        {"partition": "cup"},
        {"merge": "third"},
        {"kmeans": {"clusters": 0, "restarts": 1}},
        {"kmeans": {"clusters": 1, "restarts": 0}},
    ],
)
def test_settings_out_of_range(settings, changes):
    with pytest.raises(ValidationError):
        settings(**changes)
