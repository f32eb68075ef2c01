"""Two real COCO images: through the files and back, and their panoptic quality."""

import json

import numpy as np
import pytest

from benchmarks import panoptic_literal as literal
from zslcore.data.panoptic.files import read, read_map, write
from zslcore.data.panoptic.splits import split
from zslcore.data.panoptic.unseen import drop_unseen
from zslcore.metrics.panoptic import Counts, count, quality
from zslcore.metrics.segmentation import Segmentation


@pytest.fixture(scope="module")
def sample(coco):
    """The file, and the folder of its PNGs."""
    folder = coco / "sample_data"
    return read(folder / "panoptic_examples.json"), folder / "panoptic_examples"


@pytest.fixture(scope="module")
def truths(sample):
    """Both images as they are evaluated."""
    held, folder = sample
    classes = {each.id: k for k, each in enumerate(held.categories)}
    return [
        Segmentation.of(
            read_map(folder, each), [(s.id, classes[s.category], s.crowd) for s in each.segments]
        )
        for each in held.annotations
    ]


def test_written_back_they_have_the_same_ids_areas_and_boxes(sample, coco, tmp_path):
    held, folder = sample
    images = [(each, read_map(folder, each)) for each in held.annotations]
    write(tmp_path / "back.json", tmp_path / "png", held.categories, images)
    again = read(tmp_path / "back.json")
    assert again == held
    for each, (_, ids) in zip(again.annotations, images, strict=True):
        np.testing.assert_array_equal(read_map(tmp_path / "png", each), ids)
    before = json.loads((coco / "sample_data" / "panoptic_examples.json").read_text())
    after = json.loads((tmp_path / "back.json").read_text())
    assert after["annotations"] == before["annotations"]


def test_the_truth_against_itself_is_perfect(truths):
    total = sum((count(each, each, 133, "image") for each in truths), Counts.zero(133))
    found = quality(total)
    assert np.flatnonzero(total.tp).size == 8
    for each in found:
        assert (each[~np.isnan(each)] == 1).all()
        assert (~np.isnan(each)).sum() == 8
    assert total.fn.sum() == total.fp.sum() == 0


def test_a_damaged_prediction_is_judged_as_step_by_step(truths):
    """Two persons as one, another cut in half, a hole in the trees, and one of another class."""
    totals, literals = Counts.zero(133), np.zeros((4, 133))
    for truth in truths:
        ids, classes = truth.map.copy(), truth.classes.copy()
        person = truth.ids[truth.classes == 0]
        ids[ids == person[1]] = person[0]
        rows = np.flatnonzero((ids == person[2]).any(axis=1))
        ids[: rows[len(rows) // 2]][ids[: rows[len(rows) // 2]] == person[2]] = 0
        ids[:60, :200] = 0
        classes[-1] = (classes[-1] + 1) % 133
        there = np.isin(truth.ids, ids)
        damaged = Segmentation(ids, truth.ids[there], classes[there], np.zeros(there.sum(), bool))
        totals += count(truth, damaged, 133, "image")
        literals += literal.count(truth, damaged, 133)
    np.testing.assert_allclose([totals.tp, totals.fp, totals.fn, totals.iou], literals, atol=1e-12)
    assert (totals.fp.sum() > 2, totals.fn.sum() > 4, totals.tp.sum() > 20) == (True, True, True)
    found = np.stack(quality(totals), axis=1)
    for ours, expected in zip(found, literal.quality(literals), strict=True):
        np.testing.assert_allclose(ours, [np.nan] * 3 if expected is None else expected, atol=1e-12)


def test_both_images_have_unseen_classes(sample):
    held, _ = sample
    found = drop_unseen(held.annotations, split("panoptic_119_14", held.categories))
    assert found.counts == (2, 2, 0, 0, 0)


def test_the_other_png_format_is_refused(sample, coco):
    """It has the category in one channel, so its ids are not those of the JSON."""
    held, _ = sample
    with pytest.raises(ValueError, match=r"000000142238.png, image 142238: "):
        read_map(coco / "sample_data" / "panoptic_examples_2ch_format", held.annotations[0])
