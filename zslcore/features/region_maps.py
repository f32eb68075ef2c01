"""Region maps that a source brought in an HDF5 file, in the form that `extract` writes.

That file has floats (N, C, height, width), compressed or not; ours has float16 (N, R, C), where an
image is one stretch of the file. As h5py compresses by default, a chunk holds one region of
hundreds of images: read image by image, it would be decompressed hundreds of times. So blocks are
cut along the chunks, each is read once, and its parts are written to where they belong.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from zslcore.data.problem import Array
from zslcore.features import store
from zslcore.features.row_file import RowFile
from zslcore.features.store import Files
from zslcore.runtime import processes
from zslcore.runtime.progress import counting

MAPS = "feature_map"
BLOCK = 8 * 2**20  # bytes read at a time, unless a chunk is larger
LARGEST = float(np.finfo(np.float16).max)


def take(path: Path, features: Array | None, folder: Path, recipe: Mapping[str, Any]) -> None:
    """Store the region maps of a file for both phases, and pooled features beside them.

    Several processes share the work.

    Args:
        path: HDF5, with `feature_map` (N, C, height, width).
        features: pooled features (N, D) that the source brought too; None takes the mean of each
            map over its regions, as the average pooling behind a ResNet's last map does.
        folder: of the dataset's features.
        recipe: what the source says of the features; grid and sha256 of the numbers join it.

    Raises:
        ValueError: the file is damaged, or a value is not finite or too large for float16.
        OSError: the disk has not room for the maps.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder, store.PHASES, with_regions=True)
    with h5py.File(path, "r") as file:
        sizes = dict(zip(("channels", "height", "width"), file[MAPS].shape[1:], strict=True))
        convert(file[MAPS], files, pool=features is None)
    if not processes.first():
        return
    assert files.regions
    about = {**recipe, "regions": {"file": path.name, **sizes, "sha256": _digest(files.regions)}}
    if features is not None:
        store.from_array(features, folder, about, with_regions=True)
    else:
        means = {"pooling": "mean over regions", "sha256": _digest(files.pooled)}
        store.describe(files, {**about, "pooled": sizes["channels"], **means})


def convert(maps: Any, files: Files, pool: bool) -> None:
    """Write the maps, and if asked for their means over the regions, (N, C) float16.

    Args:
        maps: an HDF5 dataset (N, C, height, width).
        files: where to.
        pool: whether to write the means.
    """
    n, channels, height, width = maps.shape
    size = block_size(maps.shape, maps.chunks, maps.dtype.itemsize)
    starts = range(0, n, size[0])
    own = starts[processes.share(len(starts))]
    assert files.regions
    with ExitStack() as stack:
        regions = stack.enter_context(RowFile(files.regions, (n, height * width, channels)))
        pooled = stack.enter_context(RowFile(files.pooled, (n, channels))) if pool else None
        total = sum(min(size[0], n - start) for start in own)
        advance = stack.enter_context(counting("region maps", total, "images", processes.first()))
        for start in own:
            means = _rows(maps, start, size, regions)
            if pooled:
                pooled.write(start, means.astype(np.float16))
            advance(len(means))


def block_size(
    shape: Sequence[int], chunks: Sequence[int] | None, itemsize: int
) -> tuple[int, int, int]:
    """Images, height and width of a block: whole chunks, all channels, about BLOCK bytes.

    Args:
        shape: of the maps, (N, C, height, width).
        chunks: the same of a chunk, or None.
        itemsize: bytes of a number.
    """
    limits = shape[0], shape[2], shape[3]
    size = [chunks[0], chunks[2], chunks[3]] if chunks else [1, 1, 1]
    for axis in (2, 1, 0):  # the longer a stretch of our file, the better
        room = BLOCK // (shape[1] * itemsize * math.prod(size))
        size[axis] = min(size[axis] * max(room, 1), limits[axis])
    return size[0], size[1], size[2]


def _rows(maps: Any, start: int, size: tuple[int, int, int], regions: RowFile) -> Array:
    """Write the maps of a block's images, from `start` on; their means, float32 (B, C)."""
    n, channels, height, width = maps.shape
    rows = slice(start, min(start + size[0], n))
    total = np.zeros((rows.stop - start, channels), np.float32)
    for top, left in product(range(0, height, size[1]), range(0, width, size[2])):
        block = _read(
            maps, (rows, slice(None), np.s_[top : top + size[1]], np.s_[left : left + size[2]])
        )
        total += block.sum(axis=(2, 3))
        _write(block, (start, top, left), width, regions)
    return total / np.float32(height * width)


def _read(maps: Any, where: tuple[slice, ...]) -> Array:
    """A block of the maps, float32 (B, C, height, width), of numbers that float16 can hold."""
    name = maps.file.filename
    try:
        with np.errstate(over="ignore"):  # of float64; told below
            block: Array = maps[where].astype(np.float32, copy=False)
    except OSError as error:
        raise ValueError(f"{name}: cannot be read ({error}); the file is damaged") from error
    largest = np.abs(block).max(axis=(1, 2, 3))
    if not (fits := largest <= LARGEST).all():
        row = where[0].start + int(fits.argmin())
        raise ValueError(
            f"{name}: the {MAPS} of row {row} (from 0) has values that are not finite or beyond "
            f"{LARGEST:.0f}, the largest float16"
        )
    return block


def _write(block: Array, at: tuple[int, int, int], width: int, regions: RowFile) -> None:
    """Put a block in its place: `at` is its first image, and its corner on the grid."""
    images, channels, *grid = block.shape
    halves = block.astype(np.float16).reshape(images, channels, -1)  # cast first: less to move
    lines = np.ascontiguousarray(halves.transpose(0, 2, 1)).reshape(images, grid[0], -1)
    region = channels * regions.dtype.itemsize
    for image, y in np.ndindex(images, grid[0]):
        place = (at[0] + image) * regions.row + ((at[1] + y) * width + at[2]) * region
        regions.file.seek(regions.start + place)
        regions.file.write(lines[image, y].data)


def _digest(path: Path) -> str:
    """The sha256 of the numbers in a .npy file, read a little at a time."""
    start = np.load(path, mmap_mode="r").offset
    with path.open("rb") as file:
        file.seek(start)
        return hashlib.file_digest(file, "sha256").hexdigest()
