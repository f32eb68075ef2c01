"""Region maps of an HDF5 file against NumPy's own transposition."""

import hashlib
from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from zslcore.features import region_maps, row_file, store

LAYOUTS = {
    "contiguous": {},
    "compressed": {"compression": "gzip"},
    "one region of many images": {"chunks": (4, 2, 1, 1), "compression": "gzip"},
    "uneven chunks": {"chunks": (3, 4, 2, 2)},
    "an image each": {"chunks": (1, 5, 3, 4), "compression": "gzip", "shuffle": True},
}


@pytest.fixture
def maps():
    """Maps of 11 images, 5 channels, 3 x 4 regions."""
    return np.random.default_rng(0).normal(size=(11, 5, 3, 4)).astype(np.float32)


@pytest.fixture
def write(tmp_path):
    def write(maps, **layout):
        with h5py.File(tmp_path / "a.hdf5", "w") as file:
            file.create_dataset("feature_map", data=maps, **layout)
        return tmp_path / "a.hdf5"

    return write


def expected(maps):
    """Region after region, row by row of the grid; one at a time."""
    n, channels, height, width = maps.shape
    found = np.empty((n, height * width, channels), np.float16)
    for y in range(height):
        for x in range(width):
            found[:, y * width + x] = maps[:, :, y, x]
    return found


@pytest.mark.parametrize("block", [1, 100, 1000, 2**20])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_maps_of_any_layout(maps, write, layout, block, tmp_path, monkeypatch):
    """A block of one byte is a chunk, or a region of an image; of 2**20, it is everything."""
    monkeypatch.setattr(region_maps, "BLOCK", block)
    region_maps.take(write(maps, **LAYOUTS[layout]), None, tmp_path / "out", {"name": "a"})
    for phase in store.PHASES:
        found = store.load(tmp_path / "out", phase)
        assert found.regions.dtype == np.float16
        np.testing.assert_array_equal(found.regions, expected(maps))
        np.testing.assert_allclose(found.pooled, maps.mean(axis=(2, 3)), rtol=1e-3, atol=1e-4)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "regions.npy", "pooled.npy", "val.json", "test.json"
    }  # fmt: skip


def test_the_recipe_has_the_grid_and_checksums_of_the_numbers(maps, write, tmp_path):
    region_maps.take(write(maps), None, tmp_path / "out", {"name": "a"})
    found = store.load(tmp_path / "out", "val")
    assert found.recipe == {
        "name": "a",
        "pooled": 5,
        "pooling": "mean over regions",
        "sha256": hashlib.sha256(np.asarray(found.pooled).tobytes()).hexdigest(),
        "regions": {
            "file": "a.hdf5",
            "channels": 5,
            "height": 3,
            "width": 4,
            "sha256": hashlib.sha256(expected(maps).tobytes()).hexdigest(),
        },
    }


def test_pooled_features_that_were_brought_too_are_kept(maps, write, tmp_path):
    features = np.random.default_rng(1).normal(size=(11, 5)).astype(np.float32)
    region_maps.take(write(maps), features, tmp_path / "out", {"name": "res101"})
    found = store.load(tmp_path / "out", "test")
    np.testing.assert_array_equal(found.pooled, features)
    np.testing.assert_array_equal(found.regions, expected(maps))
    assert found.recipe["sha256"] == hashlib.sha256(features.tobytes()).hexdigest()
    assert found.recipe["regions"]["height"] == 3
    assert "pooling" not in found.recipe


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_maps_of_other_precisions(maps, write, dtype, tmp_path):
    region_maps.take(write(maps.astype(dtype)), None, tmp_path / "out", {})
    np.testing.assert_array_equal(store.load(tmp_path / "out", "val").regions, expected(maps))


@pytest.mark.parametrize(
    ("shape", "chunks", "size"),
    [
        ((11788, 2048, 14, 14), None, (5, 14, 14)),
        ((11788, 2048, 14, 14), (737, 128, 1, 1), (737, 1, 1)),  # as h5py cuts it
        ((37322, 2048, 7, 7), (1167, 64, 1, 1), (1167, 1, 1)),
        ((37322, 2048, 7, 7), (100, 64, 1, 1), (100, 1, 7)),
        ((100, 2048, 14, 14), (1, 2048, 14, 14), (5, 14, 14)),
        ((3, 2048, 7, 7), None, (3, 7, 7)),
        ((100, 2048, 14, 14), (64, 512, 4, 4), (64, 4, 4)),
    ],
)
def test_a_block_is_whole_chunks_of_some_megabytes(shape, chunks, size):
    assert region_maps.block_size(shape, chunks, 4) == size


class Counted:
    """An HDF5 dataset that counts how often each of its chunks is touched."""

    def __init__(self, dataset):
        self.dataset = dataset
        self.count = np.zeros(
            [-(-n // c) for n, c in zip(dataset.shape, dataset.chunks, strict=True)], int
        )

    def __getattr__(self, name):
        return getattr(self.dataset, name)

    def __getitem__(self, where):
        rows = [np.arange(n)[s] for s, n in zip(where, self.dataset.shape, strict=True)]
        chunks = [np.unique(r // c) for r, c in zip(rows, self.dataset.chunks, strict=True)]
        self.count[np.ix_(*chunks)] += 1
        return self.dataset[where]


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "contiguous"])
def test_every_chunk_is_read_once(maps, write, layout, tmp_path, monkeypatch):
    monkeypatch.setattr(region_maps, "BLOCK", 500)
    (tmp_path / "out").mkdir()
    with h5py.File(write(maps, **LAYOUTS[layout])) as file:
        counted = Counted(file["feature_map"])
        region_maps.convert(counted, store.Files(tmp_path / "out", store.PHASES, True), pool=False)
    assert (counted.count == 1).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 7e4, -1e300])
@pytest.mark.parametrize("layout", ["contiguous", "one region of many images"])
def test_values_that_float16_cannot_hold_are_refused_by_row(
    maps, write, layout, bad, tmp_path, monkeypatch
):
    monkeypatch.setattr(region_maps, "BLOCK", 1000)
    wide = maps.astype(np.float64)
    wide[9, 2, 1, 3] = bad
    path = write(wide, **LAYOUTS[layout])
    with pytest.raises(ValueError, match=r"a\.hdf5: the feature_map of row 9 .* beyond 65504"):
        region_maps.take(path, None, tmp_path / "out", {})
    assert not [path for path in (tmp_path / "out").iterdir() if path.suffix == ".npy"]


def test_a_chunk_that_is_damaged(maps, write, tmp_path):
    path = write(maps, compression="gzip", chunks=(11, 5, 1, 4))
    with h5py.File(path) as file:
        place = file["feature_map"].id.get_chunk_info(1)
    with path.open("r+b") as file:
        file.seek(place.byte_offset + place.size // 2)
        file.write(b"\0" * 40)
    with pytest.raises(ValueError, match=r"a\.hdf5: cannot be read .*; the file is damaged"):
        region_maps.take(path, None, tmp_path / "out", {})


def test_a_disk_that_is_too_small(maps, write, tmp_path, monkeypatch):
    path = write(maps)
    monkeypatch.setattr(row_file.shutil, "disk_usage", lambda path: SimpleNamespace(free=100))
    with pytest.raises(OSError, match=r"regions\.npy needs"):
        region_maps.take(path, None, tmp_path / "out", {})
