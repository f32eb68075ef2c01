"""Reading region maps that do not fit into memory: python -m benchmarks.regions

A file of the size of CUB's maps at 14 x 14 (11,788 x 196 x 2048 float16, 9.46 GB; smaller where the
disk has less room) is written below scratch/, read in random batches as a training reads it, and
deleted. First from the disk, as far as the system forgets the file when it is asked to; then from
its cache; at last through the memory map, as `array[rows]` does, for comparison.
"""

import argparse
import json
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from zslcore.data.problem import Array, Labels, Rows
from zslcore.features.row_file import RowFile

IMAGES, REGIONS, CHANNELS = 11788, 196, 2048
SPARE = 5e9  # bytes of the disk that stay free


def write(path: Path, images: int) -> None:
    """The file, ten different images over and over; on the disk and not in its cache."""
    block = np.random.default_rng(0).standard_normal((10, REGIONS, CHANNELS), np.float32)
    halves = block.astype(np.float16)
    with RowFile(path, (images, REGIONS, CHANNELS)) as file:
        for start in range(0, images, len(halves)):
            file.write(start, halves[: images - start])
    with path.open("rb") as written:
        os.posix_fadvise(written.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def batches(images: int, size: int, steps: int) -> Iterator[Labels]:
    """Rows of each step: epoch after epoch in a new order."""
    rng = np.random.default_rng(0)
    left = np.empty(0, np.int64)
    for _ in range(steps):
        if len(left) < size:
            left = np.concatenate((left, rng.permutation(images)))
        yield left[:size]
        left = left[size:]


def measured(
    read: Callable[[Labels], Array], images: int, size: int, steps: int
) -> dict[str, float]:
    """Reading so many batches: rates over all of them, and the most memory up to now."""
    wall, processor = time.perf_counter(), time.process_time()
    total = sum(read(rows).nbytes for rows in batches(images, size, steps))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {
        "rows_per_second": size * steps / wall,
        "mb_per_second": total / wall / 1e6,
        "cpu_seconds_per_batch": processor / steps,
        "peak_mb": peak(),
    }


def peak() -> float:
    """The most memory this process has had at once, pages of maps included, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def room(folder: Path) -> int:
    """How many images the disk has room for."""
    free = shutil.disk_usage(folder).free - SPARE
    return int(free / (REGIONS * CHANNELS * 2))


def main(images: int, size: int, steps: int, as_json: bool) -> None:
    scratch = Path("scratch")
    scratch.mkdir(exist_ok=True)
    images = min(images, room(scratch))
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        path = Path(folder) / "regions.npy"
        write(path, images)
        about = {"images": images, "gb": path.stat().st_size / 1e9, "peak_mb_before": peak()}
        array = np.load(path, mmap_mode="r")
        rows = Rows(array, np.arange(images))
        found = {
            name: measured(read, images, size, steps)
            for name, read in (
                ("Rows, from the disk", rows.__getitem__),
                ("Rows, from the cache", rows.__getitem__),
                ("through the map", lambda index: np.asarray(array[index])),
            )
        }
    if as_json:
        print(json.dumps({**about, "found": found}))
        return
    print(f"{images} images, {about['gb']:.2f} GB; {about['peak_mb_before']:.0f} MB used before")
    for name, row in found.items():
        print(
            f"{name:<21} {row['rows_per_second']:7.0f} rows/s {row['mb_per_second']:7.0f} MB/s   "
            f"cpu {row['cpu_seconds_per_batch']:.4f} s per batch   peak {row['peak_mb']:6.0f} MB"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--batch", type=int, default=50, dest="size")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--json", action="store_true", dest="as_json")
    main(**vars(parser.parse_args()))
