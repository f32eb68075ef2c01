"""Attention in numbers and words, and whether the report shows it."""

import json

import numpy as np
import pytest

from zslcore.report.attention import FILES, NOTHING, measure, read, section
from zslcore.report.published import published
from zslcore.report.write import write

UNIFORM = [0.25] * 4
FIRST = [1.0, 0, 0, 0]
HALVES = [0.5, 0.5, 0, 0]
PLACE = np.array([True, False, False, False])
NUMBERS = {
    "images": 50,
    "groups": {
        "tail": {
            **{"coarse.entropy": 0.5, "fine.entropy": 0.25, "agreement": 0.9},
            **{"coarse.on_place": 0.4, "fine.on_place": 0.6, "uniform": 0.0625},
        },
        "rest": {"coarse.entropy": 1.0, "fine.entropy": 1.0, "agreement": 1.0},
    },
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


def put(folder, numbers, picture="<svg/>"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILES[0]).write_text(picture)
    (folder / FILES[1]).write_text(json.dumps(numbers))


def test_what_was_written_is_read(tmp_path):
    put(tmp_path, NUMBERS)
    assert read(tmp_path) == (b"<svg/>", NUMBERS)


def test_an_empty_picture_is_none(tmp_path):
    assert read(tmp_path) is None
    put(tmp_path, {}, NOTHING)
    assert read(tmp_path) is None


def test_the_section_has_the_picture_and_a_line_for_each_group():
    picture, caption, said, table = section("d", "dedn", NUMBERS)
    assert picture == "![d-dedn-attention](d-dedn-attention.svg)\n"
    assert "nothing was chosen on it" in caption
    assert said.startswith("Over 50 test images")
    assert "where the generator draws it" in said
    assert table.splitlines() == [
        "| attributes of | spread, cExp | spread, fExp | agreement | on it, cExp | on it, fExp | "
        "on it if uniform |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| tail | 0.50 | 0.25 | 0.90 | 40.0 | 60.0 | 6.2 |",
        "| rest | 1.00 | 1.00 | 1.00 |  |  |  |",
    ]


def test_without_places_nothing_is_said_of_them():
    *_, said, table = section("d", "dedn", {**NUMBERS, "groups": {"rest": {"fine.entropy": 1.0}}})
    assert "generator" not in said
    assert table.splitlines()[0] == "| attributes of | spread, fExp |"


def test_the_report_shows_it_with_its_dataset_only(write_cell, read, tmp_path):
    for dataset in ("awa1", "cub"):
        write_cell("m", dataset, {"zsl.acc": 0.25})
    put(tmp_path / "evaluation" / "m" / "awa1", NUMBERS)
    put(tmp_path / "evaluation" / "m" / "cub", {}, NOTHING)
    results = read(["m"], ("awa1", "cub"))
    assert list(results.attention) == [("awa1", "m")]
    write(results, published(), tmp_path / "out")
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    places = [page.index(t) for t in ("## awa1", "](awa1-m-attention.svg)", "## cub")]
    assert places == sorted(places)
    assert page.count("attention.svg") == 1
    assert (tmp_path / "out" / "awa1-m-attention.svg").read_bytes() == b"<svg/>"
    assert not (tmp_path / "out" / "cub-m-attention.svg").exists()
