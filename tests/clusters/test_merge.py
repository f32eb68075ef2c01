"""Several clusters become one."""

import numpy as np
import pytest

from zslcore.clusters.clusters import Clusters
from zslcore.clusters.merge import halved, merged

FOUR = Clusters(("a", "b", "c", "d"), np.array([3, 0, 1, 1, 2, 0]), "by hand")


def test_attributes_follow_their_clusters():
    found = merged(FOUR, {"y": ["d", "b"], "x": ["a", "c"]}, "in twos")
    assert (found.names, found.how) == (("y", "x"), "in twos")
    assert found.of.tolist() == [0, 1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"x": ["a", "b"], "y": ["c"]}, r"groups x, y do not hold.*: d \(in no group\)"),
        ({"x": ["a", "b"], "y": ["c", "d", "a"]}, r": a \(in several groups\)"),
        ({"x": ["a", "b"], "y": ["c", "d", "e"]}, r": e \(in a group, but there is no such"),
        ({"x": ["a", "b", "f"], "y": ["c"]}, r"d \(in no group\); f \(in a group, but"),
    ],
)
def test_every_cluster_is_in_exactly_one_group(groups, message):
    with pytest.raises(ValueError, match=message):
        merged(FOUR, groups, "")


def test_halves_are_found_by_the_names_of_the_clusters():
    halves = {"other": [["a", "b"], ["c"]], "these": [["c", "a"], ["d", "b"]]}
    found = halved(FOUR, halves)
    assert (found.names, found.how) == (("c+a", "d+b"), "by hand; halved as 'these'")
    assert found.of.tolist() == [1, 0, 1, 1, 0, 0]


def test_without_halves_of_these_clusters_it_says_what_to_do():
    message = r"halve the 4 clusters a, b, c, d; there are halves for .* of x, y: set merge to none"
    with pytest.raises(ValueError, match=message):
        halved(FOUR, {"x": [["a", "b"], ["c"]], "y": [["a", "b"], ["c", "d", "e"]]})
