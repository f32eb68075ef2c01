"""A .npy file filled a few rows at a time, by several processes, without being held in memory."""

import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from zslcore.data.problem import Array
from zslcore.runtime import processes


class RowFile:
    """float16 (N, ...) on disk; it has its name only once it is complete.

    Plain writing rather than a memory map: pages of a map count as the process's memory, and a
    full disk would end the process without a word.

    Args:
        path: of the file; every process gives the same.
        shape: of the whole array.

    Raises:
        OSError: the disk has not room for it.
    """

    dtype = np.dtype(np.float16)

    def __init__(self, path: Path, shape: tuple[int, ...]) -> None:
        self.path, self.part = path, path.with_name(f"{path.name}.part")
        self.row = int(np.prod(shape[1:])) * self.dtype.itemsize
        if processes.first():
            _check_room(path, shape[0] * self.row)
            np.lib.format.open_memmap(self.part, "w+", self.dtype, shape)
        processes.wait()
        self.start = np.lib.format.open_memmap(self.part, "r").offset
        self.file = self.part.open("r+b")

    def write(self, start: int, values: Array) -> None:
        """Put these float16 values (B, ...) in the rows from `start` on.

        Raises:
            ValueError: one is not finite; it was not, or was too large for float16.
        """
        finite = np.isfinite(values).reshape(len(values), -1).all(axis=1)
        if not finite.all():
            raise ValueError(
                f"{self.path.name}: features of row {start + int(finite.argmin())} are not finite "
                f"or beyond {np.finfo(self.dtype).max:.0f}, the largest float16"
            )
        self.file.seek(self.start + start * self.row)
        self.file.write(np.ascontiguousarray(values, self.dtype).data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        if kind is None:
            processes.wait()
            if processes.first():
                os.replace(self.part, self.path)
            processes.wait()


def _check_room(path: Path, needed: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise OSError(f"{path} needs {needed / 1e9:.1f} GB, its disk has {free / 1e9:.1f} GB left")
