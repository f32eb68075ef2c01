"""The pictures of what SP-AEN keeps: of which attributes and images, and where there are none."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import pearsonr

from stages import draw_spaen, paths
from stages.draw_spaen import Cell, cell, layout, main, shown, transfer
from tests.methods.spaen.conftest import tiny  # noqa: F401
from tests.stages import spaen_toy
from tests.stages.spaen_toy import NAMES, left
from zslcore.data.statistics import attribute_variance_cosine
from zslcore.metrics.intervals import ci95
from zslcore.metrics.transfer import groups
from zslcore.report.drawn import NOTHING


@pytest.fixture
def toy(tiny, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    return spaen_toy.write(tiny)


@pytest.fixture
def quick(monkeypatch):
    """Without t-SNE."""
    monkeypatch.setattr(draw_spaen, "layout", lambda x: x[:, :2])


def test_both_pictures_are_the_same_every_time(toy):
    main("toy")
    first = [left(name) for name in ("variances", "embedding")]
    main("toy")
    assert [left(name) for name in ("variances", "embedding")] == first
    for picture, about in first:
        assert picture.startswith(b"<?xml")
        assert "nothing was chosen on it" in json.loads(about)["caption"]


def test_the_caption_has_the_cosine_of_the_data_card(toy, quick, tiny):  # noqa: F811
    main("toy")
    test = tiny.y[np.isin(tiny.y, [1, 4])]
    counts = [np.bincount(y, minlength=6) for y in (tiny.problem.y, test)]
    expected = attribute_variance_cosine(tiny.problem.class_vectors, *counts)
    assert f"The cosine of both rows is {expected:.4f}." in left("variances")[1]


def test_transfer_is_over_test_images_of_unseen_classes_and_all_seeds(toy, tiny):  # noqa: F811
    at = cell("toy")
    (hard,), others = at.groups.hardly, at.groups.others
    table = transfer(at)
    assert table.above.endswith(f"left of the line: {NAMES[hard]}.")
    own = np.isin(tiny.y, [1, 4])
    vectors = tiny.problem.class_vectors
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True))[tiny.y[own]]
    of_model = {}
    for name, model in toy.items():
        e = model.embed(tiny.x)[:, own]
        r = [[pearsonr(seed[:, a], vectors[:, a]).statistic for a in range(5)] for seed in e]
        of_model[name] = np.array(r)
    of_model["difference"] = of_model["spaen"] - of_model["classification"]
    for line, (name, r) in zip(table.lines, of_model.items(), strict=True):
        sign = "+" if name == "difference" else ""
        for text, which in zip(list(line.values())[1:], ([hard], others), strict=True):
            values = r[:, which].mean(1)
            assert text == f"{values.mean():{sign}.3f} ± {ci95(values.tolist()):.3f}"
    assert list(table.lines[0]) == [
        *("E trained as", "the 1 that hardly vary in training", "the other 4"),
    ]
    labels = [line["E trained as"] for line in table.lines]
    assert labels == ["SP-AEN", "classification only", "difference, seed by seed"]


def test_what_is_kept_is_that_of_class_vectors_at_unit_length():
    """An embedding that is just that, of three classes, which no scale and shift makes of two."""
    vectors, y = np.array([[1.0, 0, 0], [2, 2, 0], [0, 1, 5]]), np.array([0, 1, 2, 1])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    divided = groups(np.array([0.3, 0.1, 0.2]), np.ones(3))
    problem = SimpleNamespace(class_vectors=vectors, attribute_names=())
    table = transfer(Cell(problem, y, {"spaen": unit[y][None]}, np.zeros(3), np.zeros(3), divided))
    (line,) = table.lines
    assert list(line.values()) == ["SP-AEN", "1.000", "1.000"]
    assert table.above.endswith("left of the line: attribute 1.")


def test_columns_of_the_heat_map_are_in_the_order_of_training(toy, quick, monkeypatch):
    drawn = []
    real = draw_spaen.heat_map
    monkeypatch.setattr(draw_spaen, "heat_map", lambda *a: drawn.append(a) or real(*a))
    main("toy")
    ((rows, names, cut, _),) = drawn
    at = cell("toy")
    training, test = rows.values()
    assert list(training) == sorted(at.training)
    assert names == [NAMES[i] for i in np.argsort(at.training)]
    np.testing.assert_array_equal(test, at.test[np.argsort(at.training)])
    assert names[cut - 1] == NAMES[at.groups.hardly[-1]]


def test_planes_are_of_the_first_seed_by_all_and_by_the_varying_attributes(toy, monkeypatch):
    laid = []
    monkeypatch.setattr(draw_spaen, "layout", lambda x: laid.append(x) or x[:, :2])
    main("toy")
    at, rows = cell("toy"), shown(cell("toy").y)
    high = np.sort(at.groups.order[at.groups.cut :])
    expected = [
        values[0][rows][:, which]
        for values in at.embedded.values()
        for which in (np.arange(5), high)
    ]
    assert len(laid) == 4
    assert all(np.array_equal(x, y) for x, y in zip(laid, expected, strict=True))


def test_images_shown_are_some_of_some_classes():
    y = np.repeat(np.arange(30), 60)
    found = shown(y)
    assert len(found) == draw_spaen.CLASSES * draw_spaen.IMAGES
    assert len(set(found.tolist())) == len(found)
    counts = np.bincount(y[found], minlength=30)
    assert set(counts.tolist()) == {0, draw_spaen.IMAGES}
    assert (counts[0], counts[29]) == (draw_spaen.IMAGES, draw_spaen.IMAGES)
    few = np.array([7, 3, 7])
    assert shown(few).tolist() == [1, 0, 2]


def test_a_layout_keeps_far_groups_apart_and_is_the_same_every_time():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(12, 4)), rng.normal(size=(12, 4)) + 50])
    found = layout(x)
    np.testing.assert_array_equal(found, layout(x))
    near, far = found[:12], found[12:]
    assert np.linalg.norm(near.mean(0) - far.mean(0)) > near.std(0).max() + far.std(0).max()


def test_of_one_model_there_is_no_difference(toy, quick):
    shutil.rmtree(paths.models("spaen", "toy", "test") / "classification")
    main("toy")
    (table,) = json.loads(left("variances")[1])["tables"]
    assert [line["E trained as"] for line in table["lines"]] == ["SP-AEN"]


@pytest.mark.parametrize("without", ["model", "variance"])
def test_where_there_is_nothing_to_show_the_outputs_are_empty(toy, quick, without):
    main("toy")  # whose outputs may not stay
    if without == "model":
        shutil.rmtree(paths.models("spaen", "toy", "test"))
    else:
        folder = paths.prepared("toy") / "test" / "problem"
        np.save(folder / "class_vectors.npy", np.ones((6, 5), np.float32))
    main("toy")
    for name in ("variances", "embedding"):
        assert left(name) == (NOTHING.encode(), "{}\n")
