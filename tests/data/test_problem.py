import numpy as np
import pytest

from zslcore.data.problem import Problem, Rows


def parts(**changed):
    """A sound problem of 3 classes, the last unseen, with some of its parts changed."""
    rng = np.random.default_rng(0)
    sound = {
        "x": rng.normal(size=(4, 5)).astype(np.float32),
        "y": np.array([0, 1, 1, 0]),
        "class_vectors": rng.normal(size=(3, 2)).astype(np.float32),
        "seen": np.array([True, True, False]),
        "class_names": ["ant", "bee", "cat"],
    }
    return {**sound, **changed}


def holed(value):
    x = parts()["x"].copy()
    x[2, 1] = value
    return x


def test_a_sound_problem_is_accepted():
    assert Problem(**parts()).captions is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"y": np.array([0, 1, 2, 0])}, "training labels of unseen classes: cat"),
        ({"y": np.array([0, 0, 0, 0])}, "seen classes without a training image: bee"),
        ({"y": np.array([0, 1, 3, 0])}, "labels run from 0 to 3; allowed: 0 to 2"),
        ({"y": np.array([0, 1, -1, 0])}, "labels run from -1"),
        ({"y": np.array([0, 1, 1])}, "x has 4 rows for 3 labels"),
        ({"x": holed(np.nan)}, "x has NaN or infinite values in 1 rows, first row 2"),
        ({"x": holed(np.inf)}, "first row 2"),
        ({"class_vectors": np.ones((4, 2))}, "4 class vectors for 3 classes"),
        ({"seen": np.array([1, 1, 0])}, "bool mask over the 3 classes"),
        ({"captions": [("a",)]}, "captions has 1 rows for 4 labels"),
        ({"x_unlabeled": holed(-np.inf)}, "x_unlabeled has NaN"),
    ],
)
def test_an_unsound_problem_is_refused(changed, said):
    with pytest.raises(ValueError, match=said):
        Problem(**parts(**changed))


def test_rows_are_read_from_the_array_when_asked_for(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(12).reshape(6, 2))
    rows = Rows(np.load(tmp_path / "a.npy", mmap_mode="r"), np.array([4, 0, 5]))
    assert rows.shape == (3, 2)
    np.testing.assert_array_equal(rows[[2, 0]], [[10, 11], [8, 9]])
    np.testing.assert_array_equal(rows[1:], [[0, 1], [10, 11]])
