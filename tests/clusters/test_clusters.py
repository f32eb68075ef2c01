"""A division of attributes, and that on disk."""

import json

import numpy as np
import pytest

from zslcore.clusters.clusters import Clusters, lacking, load, save, save_none

NAMES, OF = ("head", "wing", "tail"), np.array([2, 0, 0, 1, 2, 2])


def test_sizes_are_counts_in_the_order_of_the_names():
    assert Clusters(NAMES, OF).sizes == (2, 1, 3)


@pytest.mark.parametrize(
    ("names", "of", "message"),
    [
        (NAMES, np.array([0, 2, 2]), "clusters without an attribute: wing"),
        (NAMES, np.array([0, 1, 2, 3]), r"attribute 3 \(from 0\) is in cluster 3; allowed: 0 to 2"),
        (NAMES, np.array([0, -1, 2]), r"attribute 1 \(from 0\) is in cluster -1"),
        (("a", "b", "a"), np.array([0, 1, 2]), "clusters that have one name: a"),
        (NAMES, np.array([0.0, 1, 2]), r"float64 of shape \(3,\).*int64 of shape \(A,\)"),
        (NAMES, np.array([[0, 1, 2]]), r"int64 of shape \(1, 3\)"),
    ],
)
def test_a_division_that_is_none_is_refused(names, of, message):
    with pytest.raises(ValueError, match=message):
        Clusters(names, of)


def test_what_is_saved_is_loaded(tmp_path):
    save(Clusters(NAMES, OF, "by hand, früh"), tmp_path / "new")
    found = load(tmp_path / "new")
    assert (found.names, found.how) == (NAMES, "by hand, früh")
    assert found.of.dtype == np.int64
    np.testing.assert_array_equal(found.of, OF)


def test_the_file_is_plain_json(tmp_path):
    save(Clusters(NAMES, OF, "by hand"), tmp_path)
    about = json.loads((tmp_path / "clusters.json").read_text())
    assert about == {"names": list(NAMES), "of": OF.tolist(), "how": "by hand"}


def test_without_clusters_loading_says_why(tmp_path):
    save_none("nobody asked", tmp_path)
    with pytest.raises(ValueError, match=r"clusters\.json has no clusters of attr.*: nobody asked"):
        load(tmp_path)
    assert lacking(tmp_path) == "nobody asked"
    save(Clusters(NAMES, OF), tmp_path)
    assert lacking(tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("null", "input should be a valid dictionary"),
        ('{"names": ["a"], "of": [0]}', r"clusters\.json\.how: missing"),
        ('{"names": ["a"], "of": [0], "how": "", "who": ""}', r"clusters\.json\.who: unknown key"),
        ('{"names": ["a"], "of": [0.0], "how": ""}', r"of\.0: input should be a valid integer"),
        ('{"names": ["a"], "of": [false], "how": ""}', r"of\.0: input should be a valid integer"),
        ('{"names": [1], "of": [0], "how": ""}', r"names\.0: input should be a valid string"),
        ('{"names": ["a"], "of": [1], "how": ""}', r"clusters\.json: attribute 0 \(from 0\) is in"),
        ('{"names": ["a"], "of": [], "how": ""}', r"clusters\.json: clusters without an attr.*: a"),
    ],
)
def test_a_broken_file_is_refused_by_name(tmp_path, text, message):
    (tmp_path / "clusters.json").write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        load(tmp_path)
    assert "clusters.json" in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"clusters\.json is missing: the stage attribute_clus"):
        load(tmp_path)
