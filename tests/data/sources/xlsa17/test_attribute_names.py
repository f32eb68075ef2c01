"""Attribute names in the files that people have."""

import os
import shutil

import pytest

from zslcore.data.sources.xlsa17.attribute_names import read_attribute_names
from zslcore.data.sources.xlsa17.load import load

CUB = (
    ",idx,des,new_des\n"
    "0,1,has_bill_shape::curved_(up_or_down),bill shape curved \n"
    "1,2,has_bill_shape::dagger,bill shape dagger\n"
)
SUN = ",new_des\n0,sailing boating\n1,driving\n"


@pytest.fixture
def names(tmp_path):
    """The names in a file of this content."""

    def names(text, file="attributes.txt"):
        (tmp_path / file).write_bytes(text.encode())
        return read_attribute_names(tmp_path / file)

    return names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "1 has_bill::curved\n2 has_bill::long hooked\n",
            ("has_bill::curved", "has_bill::long hooked"),
        ),
        ("    1\tblack\r\n    2\twhite\r\n", ("black", "white")),
        ("1 a\n\n 2 b\n\n3  c", ("a", "b", "c")),
        ("black\nwhite\n", ("black", "white")),
        ("\ufeffblack\n  white  \n", ("black", "white")),
        ("\ufeff1 black\n2 white\n", ("black", "white")),
        ("wings\n2 legs\n4 legs\n", ("wings", "2 legs", "4 legs")),
        ("1 wing\n2 legs\nlegs\n", ("1 wing", "2 legs", "legs")),
        ("1\n2\n", ("1", "2")),
        ("a, b\nc\n", ("a, b", "c")),
    ],
)
def test_one_name_per_line(names, text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CUB, ("has_bill_shape::curved_(up_or_down)", "has_bill_shape::dagger")),
        (SUN, ("sailing boating", "driving")),
        ('index,new_des\n0,"a, b"\n\n1,c\n', ("a, b", "c")),
        ("\ufeffdes\r\n1 a\r\n2 b\r\n", ("1 a", "2 b")),
        ("new_des , des \nx, a\ny, b\n", ("a", "b")),
    ],
)
def test_a_csv_has_the_names_in_a_column(names, text, expected):
    assert names(text, "new_des.csv") == expected
    assert names(text, "NAMES.CSV") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 a\n3 b\n", "line 2 has the number 3, expected is 2: .*in the order of the class vec"),
        ("0 a\n1 b\n", "line 1 has the number 0, expected is 1"),
        ("\n1 a\n\n1 b\n", "line 4 has the number 1, expected is 2"),
        ("1 a\n2 a\n", "attribute names that occur more than once: a"),
        ("", "there is no attribute name in it"),
        (" \n\n", "there is no attribute name in it"),
    ],
)
def test_a_list_that_is_not_in_order(names, text, message):
    with pytest.raises(ValueError, match=rf"attributes\.txt: {message}"):
        names(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,des2\na,b\n", "line 1 has the columns name, des2; one is to be des or new_des"),
        ("", "line 1 has the columns none; one is to be des or new_des"),
        ("des\n", "there is no attribute name in it"),
        ("idx,des\n1,a\n2\n", "line 3 has 1 values for 2 columns; put quotes"),
        ("idx,des\n1,a,b\n", "line 2 has 3 values for 2 columns; put quotes"),
        ("idx,des\n1,a\n2, \n", "line 3 has no name in its column des"),
        ("idx,des\n1,a\n3,b\n", "line 3 has 3 in its column idx, expected is 2"),
        ("idx,des\n0,a\n1,b\n", "line 2 has 0 in its column idx, expected is 1"),
        (",des\n0,a\n2,b\n", "line 3 has 2 in its column without a title, expected is 1"),
        ("index,des\n1,a\n", "line 2 has 1 in its column index, expected is 0"),
        ('des\n"a\n', "line 2 is no CSV: "),
        ("idx,des\n1,a\n2,a\n", "attribute names that occur more than once: a"),
    ],
)
def test_a_csv_that_is_broken_or_not_in_order(names, text, message):
    with pytest.raises(ValueError, match=rf"names\.csv: {message}"):
        names(text, "names.csv")


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "attributes.txt").write_bytes(b"\xff\xfe1\0")
    with pytest.raises(ValueError, match=r"attributes\.txt: .*utf-8"):
        read_attribute_names(tmp_path / "attributes.txt")


@pytest.mark.parametrize(
    ("name", "n", "first", "last"),
    [
        ("CUB", 312, "has_bill_shape::curved_(up_or_down)", "has_wing_pattern::multi-colored"),
        ("SUN", 102, "sailing boating", "stressful"),
        ("AWA2", 85, "black", "domestic"),
    ],
)
def test_real_names_and_vectors_are_those_of_the_real_classes(
    xlsa17, settings, tmp_path, name, n, first, last
):
    beside = xlsa17.parent / "attribute_vectors"
    if not beside.is_dir():
        pytest.skip("the real attribute vectors are not beside the repository")
    shutil.copytree(xlsa17 / name, tmp_path, copy_function=os.symlink, dirs_exist_ok=True)
    (tmp_path / "new_des.csv").symlink_to(beside / f"{name}_names.csv")
    (tmp_path / "w2v.npy").symlink_to(beside / f"{name}.npy")
    named = {"attribute_names": "new_des.csv", "attribute_vectors": "w2v.npy"}
    cfg = settings(features=None, image_labels="folders", split_name="proposed-v1", **named)
    dataset = load(tmp_path, cfg, name.lower())
    assert len(dataset.attribute_names) == dataset.class_vectors.shape[1] == n
    assert (dataset.attribute_names[0], dataset.attribute_names[-1]) == (first, last)
    assert dataset.attribute_vectors.shape == (n, 300)
