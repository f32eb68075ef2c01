import numpy as np
import pytest

from tests.data.panoptic.made import CATEGORIES, annotation
from zslcore.data.panoptic.annotations import Category
from zslcore.data.panoptic.splits import divide
from zslcore.data.panoptic.unseen import check_no_unseen, drop_unseen, ignore_unseen

SPLIT = divide(CATEGORIES, seen=["cat", "road"], unseen=["cow"])  # grass is in neither
CAT, COW, GRASS, ROAD = 1, 4, 9, 12


def test_an_image_with_an_unseen_segment_is_dropped_even_if_that_is_a_crowd():
    images = [
        annotation(1, (1, CAT, False), (2, COW, False)),
        annotation(2, (1, CAT, False), (2, COW, True)),
        annotation(3, (1, CAT, False), (2, GRASS, False), (3, ROAD, True)),
        annotation(4, (5, GRASS, False)),
        annotation(5),
        annotation(6, (8, ROAD, False)),
    ]
    found = drop_unseen(images, SPLIT)
    assert found.annotations == (annotation(3, (1, CAT, False), (3, ROAD, True)), images[5])
    assert found.counts == (6, 2, 2, 2, 1)
    assert str(found.counts) == (
        "6 images: 2 kept, 2 left out for an unseen class, 2 without a segment of any class; "
        "1 segments of categories outside the split left out"
    )


def test_nothing_unseen_is_left():
    rng = np.random.default_rng(0)
    images = [
        annotation(
            i, *((j, int(c), False) for j, c in enumerate(rng.choice([CAT, COW, ROAD], 2), 1))
        )
        for i in range(50)
    ]
    found = drop_unseen(images, SPLIT)
    assert 0 < found.counts.kept < 50
    assert found.counts.kept == sum(COW not in [s.category for s in i.segments] for i in images)
    for each in found.annotations:
        labels = SPLIT.classes([segment.category for segment in each.segments], each.file)
        check_no_unseen(labels, SPLIT, each.file)


def test_a_category_that_nobody_knows_is_named():
    with pytest.raises(ValueError, match=r"image 3 \(003.jpg\): category 77 is not in the split"):
        drop_unseen([annotation(3, (1, CAT, False), (2, 77, False))], SPLIT)


def test_unseen_pixels_are_ignored_and_counted():
    labels = np.array([[0, 1, 1], [2, 255, 1]], dtype=np.uint8)
    found, n = ignore_unseen(labels, SPLIT)
    assert found.tolist() == [[0, 255, 255], [2, 255, 255]]
    assert (found.dtype, n) == (np.uint8, 3)
    assert labels[0, 1] == 1
    check_no_unseen(found, SPLIT, "image")


@pytest.mark.parametrize("shape", [(3,), (3, 1), (1, 1, 3)])
def test_an_unseen_label_is_caught_before_a_loss(shape):
    labels = np.array([0, 1, 1]).reshape(shape)
    with pytest.raises(ValueError, match=r"007.jpg: labels of unseen classes .*: cow \(2\); leave"):
        check_no_unseen(labels, SPLIT, "007.jpg")
    with pytest.raises(ValueError, match=r"cow \(1\)"):
        check_no_unseen(np.array([0, 1]), SPLIT, "007.jpg")
    check_no_unseen(np.where(labels == 1, 255, labels), SPLIT, "007.jpg")
    check_no_unseen(np.zeros(0, dtype=np.int64), SPLIT, "007.jpg")


@pytest.mark.parametrize("wrong", [-1, 3, 256, 1000])
def test_a_label_that_is_no_class_is_caught(wrong):
    for call in (
        lambda labels: check_no_unseen(labels, SPLIT, "007.jpg"),
        lambda labels: ignore_unseen(labels, SPLIT),
    ):
        with pytest.raises(
            ValueError, match=rf"label {wrong} \(2 such\); allowed: 0 to 2, and 255"
        ):
            call(np.array([[0, wrong, wrong]]))


def test_more_classes_than_a_byte_holds_are_refused():
    many = tuple(Category(i, str(i), False) for i in range(1, 257))
    wide = divide(many, [str(i) for i in range(1, 256)], ["256"])
    with pytest.raises(ValueError, match="256 classes; 255 stands for ignored pixels"):
        check_no_unseen(np.array([255]), wide, "007.jpg")
