import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from zslcore.features.row_file import RowFile


def test_same_file_as_that_of_numpy(tmp_path):
    values = np.random.default_rng(0).normal(size=(7, 3, 2)).astype(np.float16)
    with RowFile(tmp_path / "a.npy", values.shape) as file:
        file.write(4, values[4:])
        file.write(0, values[:4].copy(order="F"))
    np.save(tmp_path / "b.npy", values)
    assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()


def resident():
    """Bytes of memory that this process occupies, mapped files included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_memory_stays_flat(tmp_path):
    """64 MB in steps of 1 MB; a memory map, or values that are kept, would show."""
    rows = np.ones((8, 64, 1024), np.float16)
    with RowFile(tmp_path / "a.npy", (512, 64, 1024)) as file:
        file.write(0, rows)
        before = resident()
        for start in range(8, 512, 8):
            file.write(start, rows)
            assert resident() < before + 16e6


def test_it_has_no_name_until_it_is_complete(tmp_path):
    path = tmp_path / "a.npy"
    with pytest.raises(KeyboardInterrupt), RowFile(path, (2, 3)):
        raise KeyboardInterrupt
    assert not path.exists()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused_by_row(bad, tmp_path):
    values = np.zeros((3, 2), np.float16)
    values[1, 1] = bad
    file = RowFile(tmp_path / "a.npy", (9, 2))
    with file, pytest.raises(ValueError, match=r"a\.npy: features of row 6 .* 65504"):
        file.write(5, values)


def test_a_disk_that_is_too_small(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=3 * 10**9))
    with pytest.raises(OSError, match=r"needs 9\.5 GB, its disk has 3\.0 GB left"):
        RowFile(tmp_path / "regions.npy", (11788, 196, 2048))
    assert not list(tmp_path.iterdir())
