"""Instance files: polygons and run lengths, and what is refused."""

import json

import numpy as np
import pytest
from pycocotools import mask as run_lengths

from tests.data.sources.coco.made import instance_settings, spoil, thirds
from zslcore.data.annotated import decode
from zslcore.data.panoptic.annotations import Image
from zslcore.data.sources.coco.instances import outline

IMAGE = Image(1, "001.jpg", 4, 6)


def drawn(given):
    return decode(outline(given, IMAGE, "here"), (4, 6))


def test_images_with_an_unseen_class_are_left_out(loaded):
    found = loaded(instance_settings())
    assert [each.path.name for each in found.training.pictures] == ["001.jpg", "003.jpg"]
    assert found.split.things.all()
    assert found.dropped["with_unseen"] == 1
    assert found.evaluation.of(0).tolist() == [[403, 1, 1], [408, 0, 0]]


def test_masks_are_those_of_the_outlines(loaded):
    training = loaded(instance_settings()).training
    np.testing.assert_array_equal(training.masks(0), [thirds([1]), thirds([0, 1])])
    assert training.of(1)[:, 1:].tolist() == [[0, 1], [3, 0], [0, 0]]
    expected = [thirds([1, 0, 0]), thirds([0, 1, 0]), thirds([0, 0, 1])]
    np.testing.assert_array_equal(training.masks(1), expected)


def test_instances_have_no_map(loaded):
    training = loaded(instance_settings()).training
    for of in (training.map, training.labels):
        with pytest.raises(ValueError, match="instances may overlap"):
            of(0)


def test_images_without_an_instance_are_evaluated_on_but_not_trained_on(folder, loaded):
    def empty(number):
        def change(held):
            held["annotations"] = [a for a in held["annotations"] if a["image_id"] != number]

        return change

    spoil(folder / "train_instances.json", empty(1))
    spoil(folder / "val_instances.json", empty(5))
    found = loaded(instance_settings())
    assert [each.path.name for each in found.training.pictures] == ["003.jpg"]
    assert found.dropped["empty"] == 1
    assert len(found.evaluation) == 2
    assert found.evaluation.masks(1).shape == (0, 4, 6)


def test_all_forms_of_an_outline_mean_the_same():
    expected = thirds([0, 1])
    polygon = [[2, 0, 4, 0, 4, 4, 2, 4]]
    halves = [[2, 0, 4, 0, 4, 2, 2, 2], [2, 2, 4, 2, 4, 4, 2, 4]]
    runs = {"size": [4, 6], "counts": [8, 8, 8]}
    packed = run_lengths.encode(np.asfortranarray(expected, dtype=np.uint8))
    text = {"size": [4, 6], "counts": packed["counts"].decode()}
    for given in (polygon, halves, runs, text):
        np.testing.assert_array_equal(drawn(given), expected)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"size": [6, 4], "counts": [8, 8, 8]}, r"\[6, 4\] pixels, the image has \[4, 6\]"),
        ({"size": [4, 6], "counts": [8, 8]}, "over 16 pixels"),
        ([], "the segmentation is"),
        ([[1, 2, 3, 4]], "at least 3 corners"),
        ([[1, 2, 3, 4, 5, 6, 7]], "x and y in turn"),
        ([[1, 2, 3, 4, 5, "6"]], "x and y in turn"),
        (None, "the segmentation is None"),
    ],
)
def test_other_outlines_are_refused(given, message):
    with pytest.raises(ValueError, match=f"here.*{message}"):
        outline(given, IMAGE, "here")


@pytest.mark.parametrize("change", [{"image_id": 77}, {"category_id": 77}, {"id": 170}])
def test_an_annotation_of_nothing_known_is_named(folder, loaded, change):
    path = folder / "train_instances.json"
    held = json.loads(path.read_text())
    held["annotations"][1].update(
        {"id": held["annotations"][0]["id"]} if "id" in change else change
    )
    path.write_text(json.dumps(held))
    with pytest.raises(ValueError, match=r"train_instances\.json, annotation 2"):
        loaded(instance_settings())
