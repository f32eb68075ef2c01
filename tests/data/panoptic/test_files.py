import json
import stat

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.data.panoptic.made import CATEGORIES, annotation
from zslcore.data.panoptic.annotations import Category, ids_of, pixels_of, present
from zslcore.data.panoptic.files import read, read_categories, read_map, write


def test_an_id_is_red_plus_256_green_plus_65536_blue():
    pixels = np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1], [44, 21, 60], [255, 255, 255]]], np.uint8)
    ids = [1, 256, 65536, 44 + 256 * 21 + 65536 * 60, 256**3 - 1]
    assert ids_of(pixels).tolist() == [ids]
    np.testing.assert_array_equal(pixels_of(np.array([ids], np.int32)), pixels)


@pytest.mark.parametrize("seed", range(3))
def test_ids_survive_pixels_and_present_ones_are_found(seed):
    ids = np.random.default_rng(seed).integers(0, 256**3, (5, 7), dtype=np.int32)
    ids[2:4, 3:] = 0
    np.testing.assert_array_equal(ids_of(pixels_of(ids)), ids)
    assert present(ids).tolist() == sorted(set(ids.ravel().tolist()) - {0})


def test_what_is_written_is_read_again(written, annotated):
    held = read(written[0])
    assert held.categories == CATEGORIES
    assert held.annotations == tuple(each for each, _ in annotated)
    for found, (_, ids) in zip(held.annotations, annotated, strict=True):
        np.testing.assert_array_equal(read_map(written[1], found), ids)


def test_annotations_come_in_the_order_of_the_images(spoil):
    held = read(spoil(lambda held: held["annotations"].reverse()))
    assert [each.image.id for each in held.annotations] == [5, 2]


def test_the_json_is_cocos(written):
    held = json.loads(written[0].read_text())
    assert held["categories"][2] == {"id": 9, "name": "grass", "isthing": 0}
    assert held["images"][1] == {"id": 2, "file_name": "002.jpg", "height": 4, "width": 6}
    assert held["annotations"][0] == {
        "image_id": 5,
        "file_name": "005.png",
        "segments_info": [
            {"id": 7, "category_id": 9, "iscrowd": 0, "area": 12, "bbox": [0, 2, 6, 2]},
            {"id": 70_000, "category_id": 1, "iscrowd": 1, "area": 12, "bbox": [0, 0, 6, 2]},
        ],
    }
    assert held["annotations"][1]["segments_info"][0]["bbox"] == [2, 1, 4, 2]


def test_bytes_depend_on_the_content_only(tmp_path, annotated, written):
    write(tmp_path / "b" / "other.json", tmp_path / "c", CATEGORIES, annotated)
    assert (tmp_path / "b" / "other.json").read_bytes() == written[0].read_bytes()
    for path in written[1].iterdir():
        assert (tmp_path / "c" / path.name).read_bytes() == path.read_bytes()
    assert sorted(path.name for path in written[1].iterdir()) == ["002.png", "005.png"]
    assert stat.S_IMODE((written[1] / "002.png").stat().st_mode) & stat.S_IRGRP


def segment(held, i=0):
    return held["annotations"][0]["segments_info"][i]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda h: h.pop("images"), "panoptic.json: images is to be of type list"),
        (lambda h: h["images"][0].pop("height"), r"image 1 \(id 5\): height is to be of type int"),
        (lambda h: h["images"][0].update(width=0), r"image 1 \(id 5\): 4 x 0 pixels"),
        (lambda h: h["images"][1].update(id=5), "panoptic.json, images: id 5 occurs twice"),
        (lambda h: h["annotations"].pop(), r"image 2 \(002.jpg\) has no annotation"),
        (
            lambda h: h["annotations"][1].update(image_id=5),
            "panoptic.json, annotation 2: image 5 is annotated twice",
        ),
        (
            lambda h: h["annotations"][1].update(image_id=6),
            "panoptic.json, annotation 2: image 6 is not among the file's images",
        ),
        (
            lambda h: segment(h).update(category_id=10),
            r"image 5 \(005.jpg\), segment 7: category 10 is not among the file's 4 categories",
        ),
        (lambda h: segment(h).update(id=0), "segment 0: ids are allowed from 1 to 16777215"),
        (lambda h: segment(h).update(id=256**3), "segment 16777216: ids are allowed"),
        (lambda h: segment(h).update(id=True), "id is to be of type int, is True"),
        (lambda h: segment(h, 1).update(id=7), r"image 5 \(005.jpg\): segment 7 occurs twice"),
        (lambda h: segment(h).update(iscrowd=2), "segment 7: iscrowd is to be 0 or 1, is 2"),
        (lambda h: h["categories"][0].pop("isthing"), "category 1: isthing is to be 0 or 1"),
        (lambda h: h["categories"][0].update(id=4), "categories: id 4 occurs twice"),
        (lambda h: h["categories"][0].update(name="cow"), "categories: name 'cow' occurs twice"),
        (lambda h: h["annotations"].append(3), "annotation 3: image_id is to be of type int"),
    ],
)
def test_a_mistake_in_the_json_is_named(spoil, change, message):
    with pytest.raises(ValueError, match=message):
        read(spoil(change))


@pytest.mark.parametrize(
    "name", ["../x.png", "/etc/x.png", "a/../../x.png", "..\\x.png", "C:/x.png", "", "x\0.png"]
)
def test_a_name_that_leaves_the_folder_is_refused(spoil, tmp_path, annotated, name):
    with pytest.raises(ValueError, match=r"image 5 .*leaves the folder"):
        read(spoil(lambda held: held["annotations"][0].update(file_name=name)))
    with pytest.raises(ValueError, match=r"id 5.*leaves the folder"):
        read(spoil(lambda held: held["images"][0].update(file_name=name)))
    first = annotated[0][0]._replace(file=name)
    with pytest.raises(ValueError, match=r"image 5 .*leaves the folder"):
        write(tmp_path / "y" / "z.json", tmp_path / "y", CATEGORIES, [(first, annotated[0][1])])


def test_names_below_the_folder_are_allowed(tmp_path, annotated):
    first = annotated[0][0]._replace(file="a/b.c/..x.png")
    write(tmp_path / "z.json", tmp_path / "y", CATEGORIES, [(first, annotated[0][1])])
    (found,) = read(tmp_path / "z.json").annotations
    np.testing.assert_array_equal(read_map(tmp_path / "y", found), annotated[0][1])


def test_a_file_that_is_no_json_is_named(tmp_path):
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(ValueError, match=r"x.json is no JSON"):
        read(tmp_path / "x.json")
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(ValueError, match=r"x.json: categories is to be of type list, is None"):
        read(tmp_path / "x.json")


def test_an_id_of_the_png_that_is_not_in_the_json_is_named(written, spoil):
    found = read(spoil(lambda held: held["annotations"][0]["segments_info"].pop())).annotations[0]
    with pytest.raises(ValueError, match=r"005.png, image 5: the map has the id 70000, .* JSON"):
        read_map(written[1], found)


def test_a_true_segment_without_a_pixel_is_read(written, spoil):
    extra = {"id": 8, "category_id": 9}
    path = spoil(lambda held: held["annotations"][0]["segments_info"].append(extra))
    found = read(path).annotations[0]
    assert found.segments[2] == (8, 9, False)
    assert 8 not in read_map(written[1], found)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((5, 6, 3), np.uint8), r"image 5: the map is \(5, 6\), the image \(4, 6\)"),
        (np.zeros((6, 4, 3), np.uint8), r"image 5: the map is \(6, 4\), the image \(4, 6\)"),
        (np.zeros((4, 6), np.uint8), "image 5: the PNG is in mode L"),
        (np.zeros((4, 6, 4), np.uint8), "image 5: the PNG is in mode RGBA"),
    ],
)
def test_a_png_that_is_no_map_of_its_image_is_named(written, pixels, message):
    Pillow.fromarray(pixels).save(written[1] / "005.png")
    with pytest.raises(ValueError, match=f"005.png, {message}"):
        read_map(written[1], read(written[0]).annotations[0])


def test_a_png_that_cannot_be_read_is_named(written):
    found = read(written[0]).annotations
    whole = (written[1] / "005.png").read_bytes()
    for content in (b"", b"no picture", whole[:50]):
        (written[1] / "005.png").write_bytes(content)
        with pytest.raises(ValueError, match=r"005.png, image 5: cannot be read"):
            read_map(written[1], found[0])
    (written[1] / "002.png").unlink()
    with pytest.raises(ValueError, match=r"002.png, image 2: cannot be read"):
        read_map(written[1], found[1])


@pytest.mark.parametrize(
    ("segments", "ids", "message"),
    [
        ([(7, 9, False)], np.full((4, 6), 8), "image 3 .*: the map has the id 8"),
        ([(7, 9, False)], np.full((4, 6), -1), "image 3 .*: the map has the id -1"),
        ([(7, 9, False)], np.full((4, 5), 7), r"image 3 .*: the map is \(4, 5\)"),
        ([(7, 8, False)], np.full((4, 6), 7), "image 3 .*, segment 7 of category 8"),
        ([(256**3, 9, False)], np.full((4, 6), 256**3), "segment 16777216 .* ids from 1"),
        ([(7, 9, False), (8, 9, False)], np.full((4, 6), 7), "segment 8 has no pixel"),
    ],
)
def test_what_does_not_fit_together_is_not_written(tmp_path, segments, ids, message):
    path = tmp_path / "x.json"
    with pytest.raises(ValueError, match=f"x.json, {message}" if "image" in message else message):
        write(path, tmp_path, CATEGORIES, [(annotation(3, *segments), ids.astype(np.int32))])
    assert not list(tmp_path.iterdir())


def test_two_images_need_two_pngs(tmp_path, annotated):
    (first, ids), (second, other) = annotated
    with pytest.raises(ValueError, match=r"005.png is already the PNG of another image"):
        write(
            tmp_path / "x.json",
            tmp_path,
            CATEGORIES,
            [(first, ids), (second._replace(file=first.file), other)],
        )


def test_categories_of_files_that_do_not_say_what_things_are(tmp_path):
    path = tmp_path / "instances.json"
    path.write_text(json.dumps({"categories": [{"id": 3, "name": "car"}]}))
    assert read_categories(path, thing=True) == (Category(3, "car", True),)
    assert read_categories(path, thing=False) == (Category(3, "car", False),)
    with pytest.raises(ValueError, match=r"instances.json, category 1: isthing is to be 0 or 1"):
        read_categories(path)
    path.write_text(json.dumps([{"id": 3, "name": "car", "isthing": 0}]))
    assert read_categories(path, thing=True) == (Category(3, "car", False),)
