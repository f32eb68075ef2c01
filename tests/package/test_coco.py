"""Segments in COCO's files, read back by COCO's own reader."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from zslcore.package.coco import Coco
from zslcore.segments.merge import Instances, Panoptic, Segment

NAMES, THINGS, SEEN = (
    ("sky", "cat", "dog"),
    np.array([False, True, True]),
    np.array([1, 1, 0], bool),
)
MAP = np.array([[0, 1, 1, 1], [2, 2, 1, 300], [2, 2, 1, 300]], np.int32)
PANOPTIC = Panoptic(MAP, (Segment(1, 0), Segment(2, 2), Segment(300, 1)))


def instances():
    masks = np.stack([MAP == 2, MAP == 300])
    boxes = np.array([[0, 1, 2, 2], [3, 1, 1, 2]])
    return Instances(np.array([4, 7]), np.array([2, 1]), np.array([0.75, 0.5]), masks, boxes)


@pytest.fixture
def folder(tmp_path):
    coco = Coco(tmp_path, NAMES, THINGS, SEEN)
    coco.add(Path("a/x.jpg"), "1_x", PANOPTIC, instances())
    coco.add(Path("b/x.jpg"), "2_x", Panoptic(np.zeros((2, 3), np.int32), ()), None)
    coco.write(with_instances=True)
    return tmp_path


def test_the_map_gives_every_segment_its_pixels(folder):
    said = json.loads((folder / "panoptic.json").read_text())
    first, second = said["annotations"]
    pixels = np.asarray(Image.open(folder / "panoptic" / first["file_name"])).astype(int)
    ids = pixels @ [1, 256, 256**2]
    assert np.array_equal(ids, MAP)
    for segment in first["segments_info"]:
        inside = ids == segment["id"]
        rows, columns = (np.flatnonzero(inside.any(axis)) for axis in (1, 0))
        left, top = columns[0], rows[0]
        size = [columns[-1] - left + 1, rows[-1] - top + 1]
        assert segment["area"] == inside.sum()
        assert segment["bbox"] == [left, top, *size]
    assert {s["id"]: s["category_id"] for s in first["segments_info"]} == {1: 1, 2: 3, 300: 2}
    assert second["segments_info"] == []
    assert (folder / "panoptic" / second["file_name"]).exists()


def test_images_and_categories_are_told(folder):
    said = json.loads((folder / "panoptic.json").read_text())
    assert said["images"] == [
        {"id": 1, "file_name": "a/x.jpg", "height": 3, "width": 4},
        {"id": 2, "file_name": "b/x.jpg", "height": 2, "width": 3},
    ]
    assert said["categories"] == [
        {"id": 1, "name": "sky", "isthing": 0, "seen": True},
        {"id": 2, "name": "cat", "isthing": 1, "seen": True},
        {"id": 3, "name": "dog", "isthing": 1, "seen": False},
    ]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # COCO's own
def test_cocos_reader_finds_the_instances(folder):
    with redirect_stdout(io.StringIO()):
        read = COCO(folder / "instances.json")
    dog, cat = (read.loadAnns(read.getAnnIds(imgIds=1, catIds=c))[0] for c in (3, 2))
    assert np.array_equal(read.annToMask(dog), MAP == 2)
    assert np.array_equal(read.annToMask(cat), MAP == 300)
    assert (dog["score"], dog["area"], dog["bbox"]) == (0.75, 4, [0, 1, 2, 2])
    assert read.getAnnIds(imgIds=2) == []
    assert [each["name"] for each in read.loadCats([3])] == ["dog"]


def test_without_instances_there_is_no_such_file(tmp_path):
    coco = Coco(tmp_path, NAMES, THINGS, SEEN)
    coco.add(Path("x.jpg"), "x", PANOPTIC, None)
    coco.write(with_instances=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["panoptic", "panoptic.json"]
