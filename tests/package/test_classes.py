"""Classes of a package, and new ones beside them."""

import numpy as np
import pytest

from zslcore.package.classes import Classes
from zslcore.package.new_classes import read

NAMES = ("red", "round", "large")


def classes(vectors=((1.0, 0, 2), (0, 3, 0)), attributes=NAMES):
    held = np.array(vectors, np.float32)
    seen = np.array([True, False])
    return Classes(("apple", "ball"), held, seen, np.zeros(2, bool), attributes)


def write(path, text, encoding="utf-8"):
    path.write_text(text, encoding=encoding)
    return path


@pytest.fixture
def file(tmp_path):
    return tmp_path / "new.csv"


def test_new_classes_come_after_the_others_and_are_unseen():
    more = classes().extended(["cube"], np.array([[5.0, 6, 7]]))
    assert more.names == ("apple", "ball", "cube")
    assert more.vectors.tolist() == [[1, 0, 2], [0, 3, 0], [5, 6, 7]]
    assert more.vectors.dtype == np.float32
    sides = {side: more.among(side).tolist() for side in ("all", "seen", "unseen", "new")}
    assert sides == {"all": [0, 1, 2], "seen": [0], "unseen": [1, 2], "new": [2]}


def test_a_new_class_gets_unit_length_where_all_others_have_it():
    held = classes([[0.6, 0.8, 0], [0, 0, 1]])
    more = held.extended(["cube"], np.array([[0.0, 3, 4]]))
    np.testing.assert_allclose(more.vectors[2], [0, 0.6, 0.8], rtol=1e-6)
    assert np.array_equal(more.vectors[:2], held.vectors)


def test_vectors_that_do_not_belong_to_the_names_are_refused():
    with pytest.raises(ValueError, match=r"2 class names, class vectors \(3, 3\)"):
        classes(np.ones((3, 3)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_columns_go_by_name(file, encoding, ending):
    lines = ["class,large,red,round", "cube,3,1e0, 2", "", '"a ""cone"", Zürich",0,-0.5,0']
    with file.open("w", encoding=encoding, newline="") as to:
        to.write(ending.join(lines))
    found = read(file, classes())
    assert found.names == ["cube", 'a "cone", Zürich']
    assert found.vectors.tolist() == [[1, 2, 3], [-0.5, 0, 0]]


def test_float32_numbers_survive_the_text(file):
    vector = np.random.default_rng(0).normal(size=3).astype(np.float32)
    write(file, "class,red,round,large\ncube," + ",".join(map(repr, vector.tolist())))
    assert np.array_equal(read(file, classes()).vectors[0], vector)


def test_without_attributes_columns_are_the_numbers_in_order(file):
    write(file, "class,1,2,x\ncube,3,1,2\n")
    assert read(file, classes(attributes=())).vectors.tolist() == [[3, 1, 2]]
    write(file, "class,1,2\ncube,3,1\n")
    with pytest.raises(ValueError, match=r"row 1: 2 columns of numbers; class vectors have 3"):
        read(file, classes(attributes=()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"new\.csv: is empty; its first row is to be class,\.\."),
        ("class,red,round,large\n", r"has a header and no row below it"),
        ("name,red,round,large\ncube,1,2,3", r"row 1: there is no column class"),
        ("class,red,rund,large\ncube,1,2,3", r"row 1: no attribute 'rund'; did you mean round\?"),
        ("class,red\ncube,1", r"row 1: 2 of 3 attributes have no column: round, large"),
        ("class,red,red,round,large\ncube,1,2,3,4", r"row 1: the column red is there twice"),
        ("class,red,round,large\ncube,1,2", r"row 2: has 3 cells for 4 columns"),
        ("class,red,round,large\ncube,1,2,three", r"row 2: large of cube is 'three', which is no"),
        ("class,red,round,large\ncube,1,,3", r"row 2: round of cube is empty; write a number"),
        ("class,red,round,large\ncube,1,nan,3", r"row 2: round of cube is nan, which is not"),
        ("class,red,round,large\n\ncube,1,inf,3", r"row 3: round of cube is inf"),
        ("class,red,round,large\ncube,1,1e39,3", r"row 2: round of cube is 1e39, beyond"),
        ("class,red,round,large\ncube,0,0,0", r"row 2: all attributes of cube are 0"),
        ("class,red,round,large\n ,1,2,3", r"row 2: the class has no name"),
        ("class,red,round,large\nball,1,2,3", r"row 2: there is a class 'ball' already"),
        ("class,red,round,large\ncube,1,2,3\ncube,1,2,4", r"row 3: there is a class 'cube'"),
        ('class,red,round,large\n"cube,1,2,3', r"row 2: is no CSV from here on"),
    ],
)
def test_what_is_wrong_is_named_with_its_row(file, text, said):
    write(file, text)
    with pytest.raises(ValueError, match=said):
        read(file, classes())


def test_all_that_is_wrong_is_said_at_once(file):
    write(file, "class,red,round,large\ncube,1,,3\nball,1,2,3\n")
    with pytest.raises(ValueError, match=r"row 2: round of cube is empty.*\n.*row 3: there is"):
        read(file, classes())


def test_another_encoding_is_refused(file):
    write(file, "class,red,round,large\nwürfel,1,2,3\n", "latin-1")
    with pytest.raises(ValueError, match="row 2: is not UTF-8"):
        read(file, classes())


def test_a_file_that_is_not_there_names_what_is_allowed(file):
    with pytest.raises(ValueError, match=r"no file .*new\.csv; allowed: all, unseen, seen"):
        read(file, classes())
