"""Attention in numbers and words."""

import numpy as np
import pytest

from zslcore.report.attention import drawn, measure
from zslcore.report.drawn import section

UNIFORM = [0.25] * 4
FIRST = [1.0, 0, 0, 0]
HALVES = [0.5, 0.5, 0, 0]
PLACE = np.array([True, False, False, False])
GROUPS = {
    "tail": {
        **{"coarse.entropy": 0.5, "fine.entropy": 0.25, "agreement": 0.9},
        **{"coarse.on_place": 0.4, "fine.on_place": 0.6, "uniform": 0.0625},
    },
    "rest": {"coarse.entropy": 1.0, "fine.entropy": 1.0, "agreement": 1.0},
}


def maps(*of_attributes):
    """One seed and image: (1, 1, D, R)."""
    return np.array([[of_attributes]])


def test_entropy_is_relative_to_that_of_uniform_attention():
    one, two, three = measure({"coarse": maps(UNIFORM, FIRST, HALVES)}, [[0], [1], [2]], [None] * 3)
    assert one == {"coarse.entropy": pytest.approx(1)}
    assert two == {"coarse.entropy": 0}
    assert three == {"coarse.entropy": pytest.approx(0.5)}


def test_agreement_is_the_cosine_of_both_experts_maps():
    both = {"coarse": maps(FIRST, FIRST), "fine": maps(FIRST, HALVES)}
    same, other = measure(both, [[0], [1]], [None, None])
    assert same["agreement"] == pytest.approx(1)
    assert other["agreement"] == pytest.approx(0.5**0.5)
    assert "agreement" not in measure({"fine": maps(FIRST)}, [[0]], [None])[0]


def test_what_hits_a_place_is_the_attention_on_its_regions():
    both = {"coarse": maps(UNIFORM, HALVES), "fine": maps(FIRST, FIRST)}
    placed, not_placed = measure(both, [[0, 1], [1]], [PLACE, None])
    assert placed["coarse.on_place"] == pytest.approx((0.25 + 0.5) / 2)
    assert placed["fine.on_place"] == 1
    assert placed["uniform"] == 0.25
    assert not {"coarse.on_place", "uniform"} & not_placed.keys()


def test_numbers_are_means_over_seeds_images_and_attributes():
    values = np.random.default_rng(0).dirichlet(np.ones(4), (2, 3, 5))
    (found,) = measure({"fine": values}, [[1, 4]], [PLACE])
    each = [values[s, n, d] for s in range(2) for n in range(3) for d in (1, 4)]
    entropies = [-(a * np.log(a)).sum() / np.log(4) for a in each]
    assert found["fine.entropy"] == pytest.approx(np.mean(entropies))
    assert found["fine.on_place"] == pytest.approx(np.mean([a[0] for a in each]))


def test_below_the_picture_is_a_line_for_each_group():
    found = drawn(b"<svg/>", 50, GROUPS)
    (table,) = found.tables
    assert found.picture == b"<svg/>"
    assert "nothing was chosen on it" in found.caption
    assert table.above.startswith("Over 50 test images")
    assert "where the generator draws it" in table.above
    assert section("d.svg", found)[-1].splitlines() == [
        "| attributes of | spread, cExp | spread, fExp | agreement | on it, cExp | on it, fExp | "
        "on it if uniform |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| tail | 0.50 | 0.25 | 0.90 | 40.0 | 60.0 | 6.2 |",
        "| rest | 1.00 | 1.00 | 1.00 |  |  |  |",
    ]


def test_without_places_nothing_is_said_of_them():
    (table,) = drawn(b"", 50, {"rest": {"fine.entropy": 1.0}}).tables
    assert "generator" not in table.above
    assert table.lines == [{"attributes of": "rest", "spread, fExp": "1.00"}]
