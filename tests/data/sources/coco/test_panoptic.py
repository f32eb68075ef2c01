"""Panoptic folders: what is trained on, what is evaluated, what is refused."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.data.sources.coco.made import settings, spoil, thirds
from zslcore.data.panoptic.splits import divide
from zslcore.data.sources.coco import panoptic


def names_of(annotated):
    return [each.path.name for each in annotated.pictures]


def test_images_with_an_unseen_class_are_left_out(loaded):
    found = loaded(settings())
    assert found.split.names == ("cat", "cow", "grass", "road")
    assert found.split.seen.tolist() == [True, False, True, True]
    assert names_of(found.training) == ["001.jpg", "003.jpg"]
    assert found.dropped["with_unseen"] == 1
    assert found.training.segments.tolist() == [
        [0, 7, 0, 0],
        [0, 70_000, 2, 0],
        [1, 5, 0, 1],
        [1, 4, 3, 0],
        [1, 9, 0, 0],
    ]


def test_maps_masks_and_labels_are_those_of_the_file(loaded):
    training = loaded(settings()).training
    np.testing.assert_array_equal(training.map(0), thirds([7, 70_000]))
    expected = thirds([0, 2, 0])
    expected[:, 4:] = 255
    np.testing.assert_array_equal(training.labels(0), expected)
    np.testing.assert_array_equal(training.labels(1), thirds([0, 3, 0]))
    assert training.of(1).tolist() == [[5, 0, 1], [4, 3, 0], [9, 0, 0]]
    expected = [thirds([1, 0, 0]), thirds([0, 1, 0]), thirds([0, 0, 1])]
    np.testing.assert_array_equal(training.masks(1), expected)


def test_evaluation_has_seen_and_unseen_classes(loaded):
    evaluation = loaded(settings()).evaluation
    assert names_of(evaluation) == ["004.jpg", "005.jpg"]
    assert evaluation.of(0).tolist() == [[3, 1, 1], [8, 0, 0]]
    assert evaluation.of(1).tolist() == [[6, 2, 0], [2, 3, 0]]


def test_categories_outside_the_split_leave_the_map(folder, loaded, monkeypatch):
    """A published split may leave categories out; here road is neither seen nor unseen."""
    monkeypatch.setattr(panoptic, "divide", lambda _, c: divide(c, ["cat", "grass"], ["cow"]))
    found = loaded(settings())
    assert found.split.absent == {12}
    np.testing.assert_array_equal(found.training.map(1), thirds([5, 0, 9]))
    np.testing.assert_array_equal(found.evaluation.map(1), thirds([6]))
    np.testing.assert_array_equal(found.evaluation.labels(1)[:, 2:], 255)
    assert found.dropped["absent"] == 1


def test_the_limit_is_of_images_that_may_be_trained_on(loaded):
    found = loaded(settings(unseen=("road",), limit=1))
    assert names_of(found.training) == ["001.jpg"]
    assert names_of(found.evaluation) == ["004.jpg"]
    assert found.dropped["beyond_limit"] == 1


def test_a_segment_without_a_pixel_is_not_learnt_but_counts_as_missed(folder, loaded):
    empty = {"id": 77, "category_id": 9, "iscrowd": 0, "area": 0, "bbox": [0, 0, 0, 0]}
    for part in ("train", "val"):
        spoil(
            folder / f"{part}.json",
            lambda held: held["annotations"][0]["segments_info"].append(empty),
        )
    found = loaded(settings())
    assert 77 not in found.training.segments[:, 1]
    assert 77 in found.evaluation.segments[:, 1]


def test_a_missing_image_is_named(folder, loaded):
    (folder / "train/003.jpg").unlink()
    with pytest.raises(ValueError, match=r"1 of 2 images are missing, the first is .*003\.jpg"):
        loaded(settings())


def test_the_image_of_a_left_out_annotation_need_not_be_there(folder, loaded):
    (folder / "train/002.jpg").unlink()
    assert len(loaded(settings()).training) == 2


def test_an_image_of_another_size_is_named(folder, loaded):
    Image.new("RGB", (5, 4)).save(folder / "val/005.jpg", format="PNG")
    with pytest.raises(ValueError, match=r"005\.jpg is 4 x 5 pixels .* of 4 x 6"):
        loaded(settings())


def test_a_file_that_is_no_image_is_named(folder, loaded):
    (folder / "val/005.jpg").write_text("no image")
    with pytest.raises(ValueError, match=r"005\.jpg: is no image"):
        loaded(settings())


def test_a_map_of_another_size_is_named(folder, loaded):
    Image.new("RGB", (6, 3)).save(folder / "train_maps/001.png")
    with pytest.raises(ValueError, match=r"001\.png.*\(3, 6\), the image \(4, 6\)"):
        loaded(settings())


@pytest.mark.parametrize("part", ["train", "val"])
def test_an_id_that_is_not_in_the_json_is_named(folder, loaded, part):
    number = {"train": "003", "val": "004"}[part]
    Image.new("RGB", (6, 4), (99, 0, 0)).save(folder / f"{part}_maps/{number}.png")
    with pytest.raises(ValueError, match=rf"{number}\.png.* id 99, which is not among"):
        loaded(settings())


def test_a_category_that_the_file_does_not_list_is_named(folder, loaded):
    def change(held):
        held["annotations"][0]["segments_info"][0]["category_id"] = 77

    spoil(folder / "train.json", change)
    with pytest.raises(ValueError, match="category 77 is not among"):
        loaded(settings())


def test_other_categories_in_val_are_refused(folder, loaded):
    def change(held):
        held["categories"][0]["name"] = "dog"

    spoil(folder / "val.json", change)
    with pytest.raises(ValueError, match=r"val\.json: category 1 .* not the same"):
        loaded(settings())


def test_an_unseen_class_that_is_no_category_gets_the_nearest_name(loaded):
    with pytest.raises(ValueError, match="'cows' is no category; did you mean cow"):
        loaded(settings(unseen=("cows",)))


def test_nothing_left_to_train_on_is_refused(loaded):
    with pytest.raises(ValueError, match="no image is left to train on: 3 images"):
        loaded(settings(unseen=("cat", "grass")))


@pytest.mark.parametrize(
    ("part", "key", "message"),
    [
        ("train", "images", "train.images: there is no"),
        ("val", "annotations", "val.annotations: there is no"),
        ("val", "maps", "val.maps: there is no"),
    ],
)
def test_what_is_not_there_is_named_before_any_work(loaded, part, key, message):
    cfg = settings()
    changed = getattr(cfg, part).model_copy(update={key: "nowhere"})
    with pytest.raises(ValueError, match=message):
        loaded(cfg.model_copy(update={part: changed}))


def test_provenance_has_the_digests_of_all_files(loaded):
    told = loaded(settings()).provenance
    assert told["sha256"].keys() == {"train.json", "val.json", "vectors.csv"}
    assert told["split"] == {"name": "given", "unseen": ["cow"]}
    json.dumps(told)
