"""Captions beside images."""

import numpy as np
import pytest

from tests.data.captions.layouts import write_json_dict, write_text
from zslcore.data.captions.card import describe, notes
from zslcore.data.captions.join import join, require

TREE = {
    "009.Brewers_Blackbird/Brewer_0001": ["one", "two"],
    "009.Brewers_Blackbird/Brewer_0002": ["three"],
    "010.Crow/Crow_0001": "\n",
    "011.Owl/Owl_0001": ["four"],
}


@pytest.fixture
def joined(here, tmp_path):
    """Captions of a tree joined to these images."""

    def joined(images, tree=TREE, classes=None):
        write_text(tmp_path, tree)
        return join(here(), images, classes)

    return joined


def test_images_get_their_captions_in_the_order_of_the_images(joined):
    images = [
        "/far/images/009.Brewer_Blackbird/BREWER_0002.JPG",
        "/far/images/010.Crow/Crow_0001.jpg",
        "/far/images/012.Hawk/Hawk_0001.jpg",
        "009.Brewer_Blackbird/Brewer_0001.png",
        "/far/images/009.Brewer_Blackbird/Brewer_0002.jpg",
    ]
    found = joined(images)
    assert found.captions == (("three",), (), (), ("one", "two"), ("three",))
    assert found.images == tuple(images)
    assert found.lacking == {1: "empty", 2: "absent"}
    assert found.unused == ("011.Owl/owl_0001",)
    assert found.other_class == ()
    assert found.matched == 4


SHARED = {
    "009.Brewers_Blackbird/0001": ["nine"],
    "010.Crow/0001": ["ten"],
    "owl/0001": ["owl"],
    "010.Crow/0002": ["only"],
}


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("009.Brewer_Blackbird/0001.jpg", ("nine",)),
        ("10.crow/0001.jpg", ("ten",)),
        ("class_00009/0001.jpg", ("nine",)),
        ("CLASS-9/0001.jpg", ("nine",)),
        ("OWL/0001.jpg", ("owl",)),
        ("011.Owl/0001.jpg", ()),
        ("9lives/0001.jpg", ()),
        ("hawk/0001.jpg", ()),
        ("0001.jpg", ()),
    ],
)
def test_a_stem_of_several_class_folders_is_matched_through_the_class(joined, image, expected):
    found = joined([image], SHARED)
    assert found.captions == (expected,)
    assert found.lacking == ({} if expected else {0: "ambiguous"})
    classes = [image.split("/")[0] if "/" in image else ""]
    assert joined(["/jpg/0001.jpg"], SHARED, classes).captions == (expected,)


def test_several_images_of_a_stem_do_not_share_the_captions_of_one(joined):
    found = joined(["009.a/0002.jpg", "010.b/0002.jpg", "010.b/0002.png"], SHARED)
    assert found.captions == ((), ("only",), ("only",))
    assert found.lacking == {0: "ambiguous"}


def test_captions_without_class_folders_cannot_tell_images_apart(here, tmp_path):
    write_json_dict(tmp_path, {"x.jpg": ["one"], "y.jpg": ["two"]})
    found = join(here(), ["a/x.jpg", "b/x.jpg", "a/y.jpg"])
    assert found.captions == ((), (), ("two",))
    assert found.lacking == {0: "ambiguous", 1: "ambiguous"}
    assert found.unused == ("x",)


def test_an_image_in_two_files_is_one_image(here, tmp_path):
    write_json_dict(tmp_path, {"x.jpg": ["one"]})
    assert join(here(), ["Owl/x.jpg", "owl/X.png", "owl/x.jpg"]).captions == (("one",),) * 3


def test_a_number_that_several_folders_have_decides_nothing(joined):
    tree = {"009.a/x": ["one"], "9.b/x": ["two"], "010.c/x": ["three"]}
    assert joined(["009.B/x.jpg", "009.a/x.jpg", "9.b/x.jpg"], tree).captions == (
        (),
        ("one",),
        ("two",),
    )


def test_a_single_stem_matches_whatever_the_class_but_is_told(joined):
    found = joined(["009.a/Owl_0001.jpg", "owls/Brewer_0001.jpg", "class_010/Crow_0001.jpg"])
    assert found.captions == (("four",), ("one", "two"), ())
    assert found.other_class == ("009.a/owl_0001",)


def test_one_class_for_every_image(joined):
    with pytest.raises(ValueError, match="1 classes for 2 images; one of each"):
        joined(["a.jpg", "b.jpg"], classes=["a"])


IMAGES = [
    "009.Brewer_Blackbird/Brewer_0001.jpg",
    "010.Crow/Crow_0001.jpg",
    *(f"012.Hawk/Hawk_{i:04d}.jpg" for i in range(4)),
]


def test_images_that_the_splits_use_must_have_captions(joined):
    found = joined(IMAGES)
    require(found, [0, 0])
    require(found, np.array([], dtype=np.int64))
    with pytest.raises(ValueError, match="4 of the 5 images") as error:
        require(found, np.array([5, 4, 3, 1, 0, 1]))
    message = str(error.value)
    assert "4 of the 5 images that the split uses have no caption" in message
    first = "010.Crow/Crow_0001.jpg, 012.Hawk/Hawk_0001.jpg, 012.Hawk/Hawk_0002.jpg, .."
    assert f"e.g. {first}: of 3 nothing has the name; the captions of 1 are all empty" in message
    assert "2 images in" in message
    assert "e.g. 009.Brewers_Blackbird/brewer_0002, 011.Owl/owl_0001. Add captions" in message


def test_a_message_names_what_is_ambiguous_and_no_unused_ones_if_there_are_none(joined):
    images = ["a/0001.jpg", "009.a/0001.jpg", "010.a/0001.jpg", "owl/0001.jpg", "010.a/0002.jpg"]
    with pytest.raises(ValueError, match=r"e\.g\. a/0001\.jpg: the names of 1 occur in several"):
        require(joined(images, SHARED), range(5))
    with pytest.raises(ValueError, match=r"; 0 images in .* are not in the dataset\. Add"):
        require(joined(images, SHARED), range(5))


def test_the_card_says_what_was_unusual(here, tmp_path):
    write_text(tmp_path, {**TREE, "a/shared": b"caf\xe9\n\n", "b/shared": ["x"]})
    captions = here()
    found = join(captions, [*IMAGES, "a/shared.jpg", "1.x/Owl_0001.jpg"])
    assert describe(captions, found) == {
        "layout": "reed_text",
        "files": 6,
        "sha256": captions.sha256,
        "images": 8,
        "matched": 4,
        "lacking": {"absent": 4, "empty": 1},
        "unused": 2,
        "empty": 2,
        "repaired": 1,
    }
    assert list(notes(captions, found)) == [
        "3 of 8 images have captions, 1 to 2 each (layout reed_text, 6 files).",
        "2 empty captions are left out.",
        "1 bytes of the captions are no UTF-8; they are read as U+FFFD.",
        "5 images have no caption: 010.Crow/Crow_0001.jpg, 012.Hawk/Hawk_0000.jpg, "
        "012.Hawk/Hawk_0001.jpg, ...",
        "2 images with captions are none of the dataset's: 009.Brewers_Blackbird/brewer_0002, "
        "b/shared.",
        "1 names occur in several class folders; the class decides: shared.",
        "1 images have their captions in the folder of a class of another number: 1.x/owl_0001.",
    ]


def test_the_card_is_short_where_nothing_is_unusual(joined, here):
    found = joined(["a/x.jpg", "a/y.jpg"], {"a/x": ["one", "two"], "a/y": ["three", "four"]})
    assert list(notes(here(), found)) == [
        "2 of 2 images have captions, 2 each (layout reed_text, 2 files)."
    ]
