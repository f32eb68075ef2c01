import subprocess
import sys

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


KINDS = {
    "in memory": lambda path: np.load(path),
    "a map": lambda path: np.load(path, mmap_mode="r"),
    "a part of a map": lambda path: np.load(path, mmap_mode="r")[::2],
    "the end of a map": lambda path: np.load(path, mmap_mode="r")[3:],
    "a view of a map": lambda path: np.load(path, mmap_mode="r")[:, 1:],
    "a map of other numbers": lambda path: np.load(path, mmap_mode="r").view(np.uint16),
    "a map to write to": lambda path: np.load(path, mmap_mode="r+"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["C", "F"])
def test_rows_of_any_array_are_those_that_numpy_gives(kind, order, tmp_path):
    values = np.random.default_rng(0).normal(size=(8, 3, 2)).astype(np.float16, order=order)
    np.save(tmp_path / "a.npy", values)
    array, index = KINDS[kind](tmp_path / "a.npy"), np.array([3, 0, 2, 0, 1])
    rows, expected = Rows(array, index), np.asarray(array)[index]
    for asked in (
        slice(None), slice(1, 4, 2), slice(0), 2, [4, 1, 1, 0], [], np.array([[2, 3], [3, 0]]),
        np.array([True, False, True, True, False]), np.zeros(5, bool),
    ):  # fmt: skip
        asked = np.array(asked, np.int64) if isinstance(asked, list) else asked
        found = rows[asked]
        assert (found.dtype, found.shape) == (expected.dtype, expected[asked].shape)
        np.testing.assert_array_equal(found, expected[asked])
        assert not isinstance(found, np.memmap)


def test_changes_that_are_not_in_the_file_are_seen(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((2, 3)))
    private = np.load(tmp_path / "a.npy", mmap_mode="c")
    private[1] = 7
    assert Rows(private, np.array([1]))[:].tolist() == [[7, 7, 7]]


def test_rows_are_new_arrays(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((2, 3)))
    rows = Rows(np.load(tmp_path / "a.npy", mmap_mode="r"), np.array([1]))
    rows[:][:] = 7
    assert rows[:].tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("index", [[0, 6], [-1, 2]])
def test_rows_that_an_array_has_not_are_refused(index):
    with pytest.raises(ValueError, match=r"rows run from -?\d to \d; allowed: 0 to 5"):
        Rows(np.zeros((6, 2)), np.array(index))


def test_a_file_cut_off_while_it_is_in_use(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((6, 1000)))
    rows = Rows(np.load(tmp_path / "a.npy", mmap_mode="r"), np.arange(6))
    with (tmp_path / "a.npy").open("r+b") as file:
        file.truncate(30000)
    assert rows[2].shape == (1000,)
    with pytest.raises(OSError, match=r"a\.npy ends before its row 3"):
        rows[:]


READ_ALL = """
import re, sys
from pathlib import Path
import numpy as np
from zslcore.data.problem import Rows

def most():  # kB this process has had in memory at once, pages of maps included
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])

array = np.load(sys.argv[1], mmap_mode="r")
rows = Rows(array, np.random.default_rng(0).permutation(len(array)))
before = most()
for start in range(0, len(rows), 20):
    rows[start : start + 20]
print(most() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
def test_reading_all_rows_of_a_large_file_takes_the_memory_of_a_batch(tmp_path):
    """A file of 400 MB (holes: no disk is needed), in batches of 16 MB."""
    np.lib.format.open_memmap(tmp_path / "a.npy", "w+", np.float16, (500, 196, 2048))
    command = [sys.executable, "-c", READ_ALL, str(tmp_path / "a.npy")]
    grown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert 10_000 < int(grown) < 60_000
