"""The published partitions, held against the ranges and sizes as they are printed elsewhere."""

from typing import get_args

import numpy as np
import pytest

from zslcore.clusters.config import Config
from zslcore.clusters.listed import Partition, by_ranges, divided, listed, tables
from zslcore.clusters.merge import halved

KNOWN = tables()
TWO = {"about": "two clusters", "attributes": 5, "prefixes": None, "ranges": None, "differs": None}


def two(**changes):
    return Partition(**{**TWO, "table_1": {"x": 2, "y": 3}, **changes})


def members(clusters):
    """First and last of every run of attributes, by cluster."""
    found = {}
    for q, name in enumerate(clusters.names):
        ids = np.flatnonzero(clusters.of == q)
        runs = np.split(ids, np.flatnonzero(np.diff(ids) > 1) + 1)
        found[name] = " ".join(f"{run[0]}-{run[-1]}" for run in runs)
    return found


def cub_names():
    """As many made-up names of each group as CUB has, in its order."""
    groups = {"bill_shape": 9, "wing_color": 15, "upperparts_color": 15, "underparts_color": 15}
    groups |= {"breast_pattern": 4, "back_color": 15, "tail_shape": 6, "upper_tail_color": 15}
    groups |= {"head_pattern": 11, "breast_color": 15, "throat_color": 15, "eye_color": 14}
    groups |= {"bill_length": 3, "forehead_color": 15, "under_tail_color": 15, "nape_color": 15}
    groups |= {"belly_color": 15, "wing_shape": 5, "size": 5, "shape": 14, "back_pattern": 4}
    groups |= {"tail_pattern": 4, "belly_pattern": 4, "primary_color": 15, "leg_color": 15}
    groups |= {"bill_color": 15, "crown_color": 15, "wing_pattern": 4}
    return [f"has_{group}::{i}" for group, count in groups.items() for i in range(count)]


CUB = {
    "head": "0-8 94-104 120-166 182-196 278-307",
    "torso": "24-72 105-119 197-211 236-239 244-247",
    "wing": "9-23 212-216 308-311",
    "tail": "73-93 167-181 240-243",
    "leg": "263-277",
    "whole": "217-235 248-262",
}
SUN = {
    "function": "0-37",
    "instance": "38-64",
    "environment": "65-73 77-84",
    "light": "74-76 85-101",
}
AWA2 = {
    "texture": "0-17",
    "organ": "18-32",
    "abstract": "33-63 78-84",
    "environment": "64-77",
}


def executed():
    """SUN's as the published code makes them: a minus for a colon is one negative position."""
    of = np.zeros(102, dtype=np.int64)
    of[38:65] = 1
    of[[65 - 74, *range(77, 85)]] = 2
    of[[74 - 77, 85 - 102]] = 3
    return of


@pytest.mark.parametrize(
    ("name", "names", "n", "runs", "sizes", "halves"),
    [
        ("cub", cub_names(), 312, CUB, (112, 87, 24, 40, 15, 34), (112, 111, 89)),
        ("sun", (), 102, SUN, (38, 27, 17, 20), (58, 44)),
        ("awa2", (), 85, AWA2, (18, 15, 38, 14), (33, 52)),
    ],
)
def test_published_partitions_and_their_halves(name, names, n, runs, sizes, halves):
    found = listed(name, names, n, "::")
    assert members(found) == runs
    assert found.sizes == sizes
    assert halved(found, KNOWN.halves).sizes == halves


def test_sun_as_the_published_code_divides_it():
    found = listed("sun_executed", (), 102, "::")
    np.testing.assert_array_equal(found.of, executed())
    assert found.sizes == (64, 27, 9, 2)
    assert halved(found, KNOWN.halves).sizes == (66, 36)
    printed = "sizes function 64, instance 27, environment 9, light 2, where Table 1 prints func"
    assert printed in found.how
    assert "a minus for a colon" in found.how


def test_awa2_says_that_its_sizes_are_not_those_of_the_paper():
    found = listed("awa2", (), 85, "::")
    assert "organ 15, abstract 38, environment 14, where Table 1 prints" in found.how
    assert "organ 14, abstract 40, environment 13: the code's ranges" in found.how


@pytest.mark.parametrize(("name", "names", "n"), [("cub", cub_names(), 312), ("sun", (), 102)])
def test_the_others_have_the_sizes_of_the_paper(name, names, n):
    assert KNOWN.partitions[name].differs is None
    assert "Table 1 prints" not in listed(name, names, n, "::").how


def test_the_halves_of_the_embedded_benchmark():
    assert [len(group) for group in KNOWN.halves["shapes"]] == [3, 1, 2]


def test_settings_know_every_partition_and_no_other():
    literal, _ = get_args(Config.model_fields["partition"].annotation)
    assert set(get_args(literal)) == set(KNOWN.partitions)


def test_unknown_partition():
    with pytest.raises(ValueError, match=r"no partition 'cup' of attr.*did you mean cub\? \(known"):
        listed("cup", (), 312, "::")


@pytest.mark.parametrize(("name", "n"), [("sun", 85), ("awa2", 102), ("cub", 311)])
def test_a_partition_of_another_dataset(name, n):
    message = rf"partition '{name}' is one of \d+ attributes, the dataset has {n}: choose"
    with pytest.raises(ValueError, match=message):
        listed(name, (), n, "::")


def test_names_that_are_not_those_of_the_published_attributes():
    names = cub_names()
    with pytest.raises(ValueError, match="'cub' does not fit: clusters by prefix need the attr"):
        listed("cub", (), 312, "::")
    changed = [name.replace("leg", "foot") for name in names]
    message = r"'cub' does not fit: .*has_foot_color \(in no group\); has_leg_color \(in a group"
    with pytest.raises(ValueError, match=message):
        listed("cub", changed, 312, "::")
    moved = ["has_leg_color::x", *names[1:]]
    message = r"sizes head 111, .*leg 16, whole 34, Table 1 of the paper prints head 112.*leg 15"
    with pytest.raises(ValueError, match=message):
        listed("cub", moved, 312, "::")


def test_a_table_is_held_to_the_paper():
    ranges = {"x": ((0, 1),), "y": ((2, 4),)}
    assert divided(two(ranges=ranges), "two", (), 5, "::").sizes == (2, 3)
    wrong = two(ranges=ranges, table_1={"x": 3, "y": 2})
    with pytest.raises(ValueError, match=r"'two' have the sizes x 2, y 3, Table 1 .* x 3, y 2"):
        divided(wrong, "two", (), 5, "::")


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ([(0, 1)], r"attribute 4 \(from 0\) is in 0, and 1 of 5 are not in exactly one"),
        ([(0, 1), (4, 4), (2, 2)], r"attribute 2 \(from 0\) is in 2, and 1 of 5"),
        ([(0, 1), (4, 5)], "x has the run 4 to 5; allowed: 0 to 4"),
        ([(-1, 1), (4, 4)], "x has the run -1 to 1"),
        ([(1, 0), (4, 4)], "x has the run 1 to 0"),
    ],
)
def test_ranges_hold_every_attribute_once(runs, message):
    with pytest.raises(ValueError, match=message):
        by_ranges({"x": runs, "y": [(2, 3)]}, 5)
    with pytest.raises(ValueError, match="the partition 'two' does not fit: "):
        divided(two(ranges={"x": runs, "y": [(2, 3)]}), "two", (), 5, "::")


def test_ranges_by_hand():
    found = by_ranges({"x": [(0, 1), (4, 4)], "y": [(2, 3)]}, 5)
    assert (found.names, found.of.tolist()) == (("x", "y"), [0, 0, 1, 1, 0])
