"""The picture of attention: of which images and attributes, and where there is none."""

import json
import shutil

import numpy as np
import pytest

from stages import draw_attention, paths
from stages.draw_attention import MEASURED, SIDE, cell, in_numbers, look, measured, shown, thumbnail
from tests.methods.dedn.values import TRAINING
from tests.methods.nested import changed
from zslcore.clusters import clusters
from zslcore.clusters.clusters import Clusters
from zslcore.data.problem import Problem, Rows, Truth
from zslcore.features import store
from zslcore.features.store import Files
from zslcore.methods.dedn.config import Training
from zslcore.methods.dedn.method import fit, load
from zslcore.report.drawn import NOTHING
from zslcore.runtime.files import write_json
from zslcore.runtime.run import Run

SEEN = np.array([True, False, True, True, False])
TRAIN = np.arange(6)
EVALUATED = np.array([9, 6, 12, 8, 7, 10, 11])  # rows, of seen classes first
LABELS = np.array([0, 2, 4, 1, 4, 1, 1])
NAMES = ["a", "b", "c", "d", "e"]
ATTRIBUTES = ["shape::x", "shape::y", "tail", "wing"]
HOW = {
    **{"size": [16, 24], "interpolation": "bicubic", "crop_pct": 1.0, "crop_mode": "center"},
    **{"mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4]},
}
GROUPS = Clusters(("rest", "shape"), np.array([1, 1, 0, 0]))


def save(folder, **arrays):
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def train(problem, **changes):
    cfg = Training.model_validate(changed(TRAINING, {"epochs": 2, **changes}))
    fit(problem, cfg, Run(seeds=(3, 4)), GROUPS.of).save(paths.models("dedn", "toy", "test"))


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """13 images of 16 x 24 pixels, maps of 2 x 3 regions, a model of two seeds."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    folder, made = paths.prepared("toy"), paths.features("toy")
    vectors = rng.random((5, 4)).astype(np.float32)
    vectors[4] = [0.2, 0.0, 0.5, 0.0]
    maps = np.abs(rng.normal(size=(13, 6, 8))).astype(np.float16)
    rows = {"rows": TRAIN, "evaluation_rows": EVALUATED, "unlabeled_rows": EVALUATED[2:]}
    y = np.array([0, 2, 3, 0, 2, 3])
    of_classes = {"y": y, "seen": SEEN, "class_vectors": vectors}
    about = {"class_names": NAMES, "attribute_names": ATTRIBUTES}
    save(folder / "test" / "problem", **rows, **of_classes)
    save(folder / "test" / "truth", y=LABELS, seen=SEEN)
    write_json(about, folder / "test" / "problem" / "problem.json")
    write_json({"class_names": NAMES}, folder / "test" / "truth" / "truth.json")
    write_json({**about, "provenance": {"generator": "shapes"}}, folder / "dataset.json")
    save(folder / "source", images=rng.integers(0, 256, (13, 16, 24, 3), dtype=np.uint8))
    files = Files(made, store.PHASES, with_regions=True)
    save(made, pooled=np.zeros((13, 8), np.float32), regions=maps)
    store.describe(files, {"preprocess": HOW, "regions": {"height": 2, "width": 3}})
    clusters.save(GROUPS, paths.clusters("toy"))
    names = rng.normal(size=(4, 5)).astype(np.float32)
    problem = Problem(
        *(np.zeros((6, 8), np.float32), y, vectors, SEEN, NAMES),
        attribute_vectors=names,
        regions=Rows(maps, TRAIN),
    )
    train(problem)
    return problem


def outputs():
    folder = paths.evaluation("dedn", "toy")
    return (folder / "attention.svg").read_bytes(), (folder / "attention.json").read_text()


def test_the_picture_shows_unseen_classes_and_is_the_same_every_time(toy):
    draw_attention.main("toy")
    first = outputs()
    draw_attention.main("toy")
    assert outputs() == first
    picture, about = first[0], json.loads(first[1])
    assert picture.startswith(b"<?xml")
    (table,) = about["tables"]
    assert table["above"].startswith("Over 5 test images")
    assert table["columns"] == ["attributes of", "spread, cExp", "spread, fExp", "agreement"]
    assert [line["attributes of"] for line in table["lines"]] == ["rest", "shape"]
    for line in table["lines"]:
        assert 0 < float(line["spread, fExp"]) <= 1


def test_the_first_image_of_some_unseen_classes_is_shown():
    truth = Truth(LABELS, SEEN, NAMES)
    assert shown(truth).tolist() == [3, 2]
    many = Truth(np.repeat(np.arange(20), 3), np.arange(20) < 5, list("abcdefghijklmnopqrst"))
    assert shown(many).tolist() == [15, 36, 57]


def test_images_to_measure_are_unseen_ones_spread_over_all():
    assert measured(Truth(LABELS, SEEN, NAMES)).tolist() == [2, 3, 4, 5, 6]
    many = Truth(np.arange(1000) % 4, np.array([True, False, False, True]), list("abcd"))
    found = measured(many)
    assert len(set(found.tolist())) == MEASURED
    assert set(many.y[found].tolist()) == {1, 2}
    assert (found[0], found[-1]) == (1, 998)


def test_every_image_has_its_own_maps_of_the_first_seed(toy, monkeypatch):
    pictured = []
    real = draw_attention.attention
    monkeypatch.setattr(
        draw_attention,
        "attention",
        lambda looked, title: pictured.extend(looked) or real(looked, title),
    )
    draw_attention.main("toy")
    maps = np.load(paths.features("toy") / "regions.npy")
    attended = load(paths.models("dedn", "toy", "test")).attention(maps)
    assert [each.name for each in pictured] == ["b", "e"]
    for each, row, attributes in zip(pictured, (8, 12), (range(4), (0, 2)), strict=True):
        for expert in ("coarse", "fine"):
            expected = attended[expert][0, row, list(attributes)].reshape(-1, 2, 3)
            np.testing.assert_allclose(each.maps[expert], expected, rtol=1e-4)
    assert not np.allclose(attended["fine"][0, 8], attended["fine"][0, 12], rtol=1e-3)


def test_attributes_are_those_its_class_has_most_with_their_clusters_and_maps(toy):
    at = cell("toy")
    maps = {"fine": np.arange(24).reshape(4, 6)}
    found = look(at, 2, maps, toy.class_vectors)  # of class e: 0.2, 0, 0.5, 0
    assert (found.name, found.attributes, found.clusters) == (
        *("e", ["shape::x", "tail"]),
        ["shape", "rest"],
    )
    np.testing.assert_array_equal(
        found.maps["fine"], [[[0, 1, 2], [3, 4, 5]], [[12, 13, 14], [15, 16, 17]]]
    )
    np.testing.assert_array_equal(found.image, at.images.array[12])  # its row of the dataset


def test_of_many_attributes_the_highest_are_shown_in_their_order(toy, monkeypatch):
    monkeypatch.setattr(draw_attention, "ATTRIBUTES", 2)
    vectors = np.tile([0.3, 0.1, 0.9, 0.2], (5, 1))
    found = look(cell("toy"), 2, {"fine": np.zeros((4, 6))}, vectors)
    assert found.attributes == ["shape::x", "tail"]


def test_images_are_those_that_the_backbone_saw_but_smaller(toy):
    at = cell("toy")
    at.recipe["preprocess"] = {**HOW, "size": [200, 200]}
    found = thumbnail(at, 0)
    assert found.shape == (SIDE, SIDE, 3)
    middle = at.images.array[0][:, 4:20].mean((0, 1))  # the square that is cut out
    np.testing.assert_allclose(found.mean((0, 1)), middle, atol=3)


def test_numbers_are_of_each_clusters_attributes_and_places(toy):
    """A grid of 4 x 4: attention of `shape` on one of the four regions in the middle."""
    at = cell("toy")
    at.recipe["regions"] = {"height": 4, "width": 4}
    maps = np.full((1, 1, 4, 16), 1 / 16)
    maps[:, :, 0] = np.eye(16)[5]
    found = in_numbers(at, {"coarse": maps})
    assert found["shape"] == {
        **{"coarse.entropy": pytest.approx(0.5), "uniform": 0.25},
        "coarse.on_place": pytest.approx((1 + 0.25) / 2),
    }
    assert found["rest"] == {"coarse.entropy": pytest.approx(1)}


@pytest.mark.parametrize("without", ["images", "model", "region branch"])
def test_where_there_is_nothing_to_draw_the_outputs_are_empty(toy, without):
    draw_attention.main("toy")  # whose outputs may not stay
    if without == "images":
        shutil.rmtree(paths.prepared("toy") / "source")
    elif without == "model":  # the folder that a stage leaves of a method that is not listed
        shutil.rmtree(paths.models("dedn", "toy", "test"))
        paths.models("dedn", "toy", "test").mkdir()
    else:
        train(toy, branches="channel")
    draw_attention.main("toy")
    assert outputs() == (NOTHING.encode(), "{}\n")
