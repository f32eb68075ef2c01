"""Pixel maps: unseen pixels are ignored, all images stay."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.sources.coco.made import CAT, GRASS, ROAD, semantic_settings, thirds
from zslcore.data.panoptic.files import read_categories
from zslcore.data.panoptic.splits import published, split
from zslcore.data.sources.coco.semantic import OFFICIAL


def test_all_images_are_trained_on_and_unseen_pixels_are_not(loaded):
    found = loaded(semantic_settings())
    training = found.training
    assert len(training) == 3
    assert [each[2] for each in training.segments.tolist() if each[0] == 1] == [2]
    expected = thirds([0, GRASS, 0])
    np.testing.assert_array_equal(training.map(1), expected)
    labels = training.labels(1)
    assert (labels[:, :2] == 255).all()
    assert (labels[:, 2:4] == 2).all()
    assert found.dropped == {"images": 3, "with_unseen": 1, "unseen_pixels": 8, "kept": 3}


def test_a_class_is_one_mask_however_many_segments_it_has(loaded):
    training = loaded(semantic_settings()).training
    assert training.of(2)[:, 1].tolist() == [0, 3]
    np.testing.assert_array_equal(training.masks(2), [thirds([1, 0, 1]), thirds([0, 1, 0])])


def test_evaluation_keeps_the_unseen_pixels(loaded):
    evaluation = loaded(semantic_settings()).evaluation
    assert evaluation.of(0).tolist() == [[CAT, 0, 0], [4, 1, 0]]
    expected = thirds([1, 0, 0])
    expected[:, 4:] = 255
    np.testing.assert_array_equal(evaluation.labels(0), expected)
    np.testing.assert_array_equal(evaluation.map(1), thirds([GRASS, ROAD]))


def test_the_official_list_is_what_the_published_split_is_of():
    held = read_categories(OFFICIAL)
    assert [sum(each.thing for each in held), len(held)] == [80, 171]
    assert all(a.id < b.id for a, b in pairwise(held))
    assert {each.id for each in held if not each.thing} == set(range(92, 183))
    of = split("coco_stuff_156_15", held)
    assert [int(of.seen.sum()), int((~of.seen).sum())] == [156, 15]


def test_the_unseen_classes_have_the_published_pixel_values():
    ids = {each.name: each.id for each in read_categories(OFFICIAL)}
    values = [ids[name] - 1 for name in published()["coco_stuff_156_15"].unseen]
    assert values == [20, 24, 32, 33, 40, 56, 86, 99, 105, 123, 144, 147, 148, 168, 171]


def test_the_things_are_those_of_the_panoptic_file():
    path = Path(__file__).parents[4] / "../shared/data/coco/panoptic_coco_categories.json"
    if not path.is_file():
        pytest.skip("the real COCO files are not beside the repository")
    things = [(each.id, each.name) for each in read_categories(path) if each.thing]
    assert things == [(each.id, each.name) for each in read_categories(OFFICIAL) if each.thing]


def test_official_maps_need_no_list_of_categories(folder, loaded):
    """Value 20 is the cow, 123 the grass: unseen; 0 the person."""
    for part in ("train", "val"):
        for png in (folder / f"{part}_pixels").iterdir():
            Image.fromarray(thirds([0, 20, 123]).astype(np.uint8)).save(png)
    names = [each.name for each in read_categories(OFFICIAL)]
    (folder / "vectors.csv").write_text("".join(f"{name},1,2\n" for name in names))
    cfg = semantic_settings(categories=None, split="coco_stuff_156_15", unseen=())
    found = loaded(cfg)
    assert np.unique(found.training.labels(0)).tolist() == [0, 255]
    assert found.split.names[found.evaluation.of(0)[1, 1]] == "cow"


def test_a_value_without_a_category_is_named(folder, loaded):
    held = json.loads((folder / "categories.json").read_text())
    (folder / "without.json").write_text(json.dumps(held[:3]))
    with pytest.raises(ValueError, match=r"003\.png: pixels of value 11, .* id 12;"):
        loaded(semantic_settings(categories="without.json"))


def test_a_map_without_an_image_is_named(folder, loaded):
    (folder / "train/002.jpg").unlink()
    with pytest.raises(ValueError, match=r"no image 002 .*002\.png"):
        loaded(semantic_settings())


def test_a_map_of_another_size_is_named(folder, loaded):
    Image.new("L", (6, 5)).save(folder / "val_pixels/004.png")
    with pytest.raises(ValueError, match=r"004\.png is 5 x 6 pixels .* 004\.jpg .* 4 x 6"):
        loaded(semantic_settings())


def test_a_map_in_colours_is_named(folder, loaded):
    Image.new("RGB", (6, 4)).save(folder / "val_pixels/004.png")
    with pytest.raises(ValueError, match=r"004\.png: the PNG is in mode RGB; .* in L"):
        loaded(semantic_settings())


def test_a_damaged_map_is_named(folder, loaded):
    path = folder / "val_pixels/004.png"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ValueError, match=r"004\.png: cannot be read"):
        loaded(semantic_settings())


def test_a_folder_without_maps_is_named(folder, loaded):
    for png in (folder / "val_pixels").iterdir():
        png.unlink()
    with pytest.raises(ValueError, match="val_pixels has no PNG"):
        loaded(semantic_settings())
