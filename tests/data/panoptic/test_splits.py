import json

import numpy as np
import pytest

from tests.data.panoptic.made import CATEGORIES
from zslcore.data.panoptic.annotations import Category
from zslcore.data.panoptic.files import read_categories
from zslcore.data.panoptic.splits import divide, names, published, split

SIZES = {
    "panoptic_119_14": (119, 14, 0),
    "coco_stuff_156_15": (156, 15, 0),
    "instances_48_17": (48, 17, 15),
    "instances_65_15": (65, 15, 0),
}


def official(of):
    """As many made-up categories as the official file has, the named ones among them."""
    told = [*(of.seen or ()), *of.unseen, *of.absent]
    rest = of.n_seen + len(of.unseen) + len(of.absent) - len(told)
    every = sorted([*told, *(f"other {i}" for i in range(rest))])
    return tuple(Category(i, name, True) for i, name in enumerate(every, 1))


@pytest.mark.parametrize("name", SIZES)
def test_the_published_splits_have_the_published_sizes(name):
    of = published()[name]
    found = split(name, official(of))
    assert (found.seen.sum(), (~found.seen).sum(), len(found.absent)) == SIZES[name]
    assert len(set(found.names)) == sum(SIZES[name][:2])
    assert {found.names[k] for k in np.flatnonzero(~found.seen)} == set(of.unseen)


def test_there_is_no_other_split():
    assert set(published()) == set(SIZES)
    with pytest.raises(ValueError, match=r"no split 'panoptic'; did you mean panoptic_119_14\?"):
        names("panoptic", CATEGORIES)


def test_classes_are_in_the_order_of_the_file():
    of = divide(CATEGORIES, seen=["road", "cat"], unseen=["cow"])
    assert of.names == ("cat", "cow", "road")
    assert of.seen.tolist() == [True, False, True]
    assert of.things.tolist() == [True, True, False]
    assert of.absent == {9}
    assert of.classes([12, 1, 12], "here").tolist() == [2, 0, 2]
    assert of.classes([], "here").shape == (0,)


def test_a_category_outside_the_split_is_named():
    of = divide(CATEGORIES, seen=["road", "cat"], unseen=["cow"])
    with pytest.raises(ValueError, match=r"image 7: category 9 is not in the split; .* 3 classes"):
        of.classes([1, 9], "image 7")


@pytest.mark.parametrize(
    ("seen", "unseen", "message"),
    [
        (["cat"], ["cows"], r"'cows' is no category; did you mean cow\?"),
        (["cat", "cow"], ["cow"], "'cow' is both seen and unseen"),
        (["cat"], [], "1 seen and 0 unseen classes"),
        ([], ["cat"], "0 seen and 1 unseen classes"),
    ],
)
def test_names_that_make_no_split_are_refused(seen, unseen, message):
    with pytest.raises(ValueError, match=message):
        divide(CATEGORIES, seen, unseen)


def test_other_files_than_the_official_one_are_refused():
    of = published()["panoptic_119_14"]
    full = official(of)
    without = tuple(each for each in full if each.name != "cow")
    with pytest.raises(
        ValueError, match="panoptic_119_14: there is no category 'cow' among the 132"
    ):
        names("panoptic_119_14", without)
    more = (*full, Category(999, "more", True))
    with pytest.raises(ValueError, match=r"120 seen, 14 unseen .* is this the official file"):
        names("panoptic_119_14", more)
    zsi = (*official(published()["instances_48_17"]), Category(999, "more", True))
    with pytest.raises(ValueError, match="48 seen, 17 unseen and 15 absent of 81 categories"):
        names("instances_48_17", zsi)


def test_the_published_order_is_kept_in_names():
    of = published()["instances_48_17"]
    found = names("instances_48_17", official(of))
    assert found.seen[:3] == ("person", "bicycle", "car")
    assert found.seen[-1] == "toaster"
    assert (found.unseen[0], found.unseen[-1]) == ("bus", "snowboard")


def test_the_official_panoptic_file_has_133_categories_and_these_14_unseen_ones(coco):
    categories = read_categories(coco / "panoptic_coco_categories.json")
    assert (len(categories), sum(each.thing for each in categories)) == (133, 80)
    unseen = json.loads((coco / "mscoco_unseen_classes.json").read_text())
    found = split("panoptic_119_14", categories)
    assert found.categories == categories
    assert sorted(unseen) == sorted(found.names[k] for k in np.flatnonzero(~found.seen))
    assert np.flatnonzero(~found.seen).tolist() == [
        *(19, 23, 28, 29, 36, 51, 76, 83, 97, 99, 100, 116, 119, 125)
    ]
    assert (found.things & ~found.seen).sum() == 7


def test_the_zsi_splits_are_of_the_official_things(coco):
    every = read_categories(coco / "panoptic_coco_categories.json")
    things = tuple(each for each in every if each.thing)
    number = {each.name: each.id for each in things}
    first, second = (names(f"instances_{each}", things) for each in ("48_17", "65_15"))
    assert [number[name] for name in first.unseen] == [
        *(6, 18, 21, 22, 28, 32, 41, 47, 49, 61, 63, 76, 81, 87, 5, 17, 36)
    ]
    assert [number[name] for name in second.unseen] == [
        *(5, 7, 14, 17, 23, 33, 34, 36, 48, 54, 58, 70, 74, 80, 89)
    ]
    assert [number[name] for name in second.seen] == sorted(number[name] for name in second.seen)
    assert (len(first.seen), len(second.seen)) == (48, 65)


def test_the_unseen_classes_of_coco_stuff_are_the_same_things_and_other_stuff():
    unseen = published()["coco_stuff_156_15"].unseen
    assert unseen[:8] == published()["panoptic_119_14"].unseen[:8]
    assert set(unseen[8:]) == {
        *("clouds", "grass", "playingfield", "river", "road", "tree", "wall-concrete")
    }
