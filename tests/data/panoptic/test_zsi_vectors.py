import numpy as np
import pytest

from zslcore.data.panoptic.files import read_categories
from zslcore.data.panoptic.splits import Names, names
from zslcore.data.panoptic.zsi_vectors import read

TOY = Names(("cat", "dog"), ("cow",))


def test_the_first_column_is_the_background_and_the_rest_are_classes(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("0.5,1,2,3\n0.5,-4,5e-1,6\n")
    found = read(path, TOY)
    assert {name: vector.tolist() for name, vector in found.items()} == {
        "cat": [1, -4],
        "dog": [2, 0.5],
        "cow": [3, 6],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,3\n", r"x.txt has 3 columns; 2 seen and 1 unseen classes need 4"),
        ("1,2,3,4\n1,2,3\n", r"x.txt, line 2 has 3 numbers, line 1 has 4"),
        ("1,2,3,4\n1,2,x,4\n", r"x.txt, line 2: could not convert .* 'x'"),
        ("1 2 3 4\n", r"x.txt, line 1: .* separated by commas"),
        ("1,2,3,4\n1,nan,3,4\n", r"x.txt, line 2, column 2: NaN or infinite"),
        ("1,2,3,inf\n", r"x.txt, line 1, column 4: NaN or infinite"),
        ("1,2,3,4\n\n", r"x.txt, line 2: "),
        ("", r"x.txt is empty"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, message):
    path = tmp_path / "x.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read(path, TOY)


def test_both_real_files_give_a_class_the_same_vector(coco):
    """The files hold the same vectors in two orders: a name in a wrong place would differ."""
    every = read_categories(coco / "panoptic_coco_categories.json")
    things = tuple(each for each in every if each.thing)
    first, second = (
        read(coco / f"word_w2v_withbg_{each}.txt", names(f"instances_{each}", things))
        for each in ("48_17", "65_15")
    )
    assert (len(first), len(second)) == (65, 80)
    for name, vector in first.items():
        np.testing.assert_allclose(vector, second[name], rtol=0, atol=1e-12, err_msg=name)
    assert len(np.unique(np.stack(list(second.values())), axis=0)) == 80
    assert np.linalg.norm(list(second.values()), axis=1) == pytest.approx(0.767, abs=1e-3)
