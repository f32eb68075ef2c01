"""Class names in lists and in paths."""

import pytest

from zslcore.data.sources.xlsa17.classes import match
from zslcore.data.sources.xlsa17.image_files import class_folder

CUB = ("002.Laysan_Albatross", "009.Brewer_Blackbird", "010.Red_winged_Blackbird")


@pytest.mark.parametrize(
    ("listed", "id_"),
    [("009.Brewer_Blackbird", 1), ("009.Brewers_Blackbird", 1), ("10.Red_Blackbird", 2)],
)
def test_other_spellings_are_matched_by_number(listed, id_):
    assert match([listed], CUB).tolist() == [id_]


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("Brewer_Blackbird", CUB),  # no number
        ("011.Rusty_Blackbird", CUB),  # another number
        ("1.dog", ("1.cat", "1.ant")),  # two classes have that number
        ("gnu", ("ant", "bee")),  # none has one
        ("gnu", ("ant", "1.bee")),  # one class without a number is not the class without a number
    ],
)
def test_a_name_is_not_matched_by_guessing(listed, names):
    with pytest.raises(ValueError, match=rf"1 names are none of the \d classes, e\.g\. {listed}"):
        match([listed], names)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("antelope/antelope_0001.jpg", "antelope"),
        ("/BS/AwA2//JPEGImages/polar+bear/polar+bear_10001.jpg", "polar+bear"),
        ("/CUB/images/001.Black_footed_Albatross/x.jpg", "001.Black_footed_Albatross"),
        ("/SUN/images/a/abbey/x.jpg", "abbey"),
        ("/SUN/images/a/airport/entrance/x.jpg", "airport_entrance"),
        ("/images/archive/images2/dog/x.jpg", "dog"),
        ("/images/x/1.jpg", "x"),
        ("1.jpg", ""),
    ],
)
def test_the_class_in_a_path(file, name):
    assert class_folder(file) == name
