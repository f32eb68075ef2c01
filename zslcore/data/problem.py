"""What a zero-shot problem is: the one object every method receives, and the one it never does."""

import math
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Labels = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Rows:
    """Some rows of an array, read when they are asked for: the array may be a memory-mapped file.

    Of such a file the map is not touched: its pages would count as this process's memory, so that
    a training over all rows would come to occupy as much as the file. What is asked for is read.

    Args:
        array: (M, ...), usually from `np.load(..., mmap_mode="r")`.
        index: which of its rows, in which order, (N,).

    Raises:
        ValueError: the array has no such row.
    """

    def __init__(self, array: Array, index: Labels) -> None:
        if len(index) and (index.min() < 0 or index.max() >= len(array)):
            raise ValueError(
                f"rows run from {index.min()} to {index.max()}; allowed: 0 to {len(array) - 1}"
            )
        self.array, self.index = array, index

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, ...): that of the rows, as if they had been read."""
        return (len(self.index), *self.array.shape[1:])

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, rows: Any) -> Array:
        """These rows, as an array in memory; `rows` is a slice, a mask or positions in 0..N-1."""
        index = self.index[rows]
        if _is_file(self.array):
            return _read(self.array, index)
        return np.asarray(self.array[index])


def _is_file(array: Array) -> bool:
    """Whether its rows can be read from a file: not those of a view, or of a private map."""
    return (
        isinstance(array, np.memmap)
        and isinstance(array.base, mmap.mmap)
        and array.filename is not None
        and array.mode != "c"
        and array.flags.c_contiguous
    )


def _read(array: Any, index: Labels) -> Array:
    """Rows of a memory-mapped file, (*index.shape, ...), without a look at the map.

    The file is opened anew each time: threads and forked processes would share its position.
    """
    shape = array.shape[1:]
    size = array.itemsize * math.prod(shape)
    content = np.empty((index.size, size), np.uint8)
    with open(array.filename, "rb") as file:
        for row, at in zip(content, index.ravel().tolist(), strict=True):
            file.seek(array.offset + at * size)
            if file.readinto(row) < size:
                raise OSError(f"{array.filename} ends before its row {at}: it has been changed")
    return content.view(array.dtype).reshape(*index.shape, *shape)


@dataclass(frozen=True)
class Problem:
    """Training images of the seen classes, and what is known of all classes of the phase.

    All that a `fit` may touch. It has no place for an evaluation label: those are in `Truth`.

    Attributes:
        x: pooled features of the training images, float32, (N, D).
        y: their class ids, int64, (N,); seen classes only.
        class_vectors: what describes each class (attributes, sentence vectors), float32, (K, A).
        seen: True for the classes that have training images, bool, (K,).
        class_names: K names.
        attribute_names: A names, or () where the class vectors are not made of attributes.
        attribute_vectors: a vector for each attribute's name, float32, (A, G).
        captions: the captions of each training image, N tuples.
        class_captions: those of each class's evaluation images, image by image, K of them; what
            describes the classes to a method that has no other description. Which image has
            which is not told, and nothing may be trained on those of unseen classes.
        regions: region maps of the training images, float16, (N, R, C).
        images: the training images, uint8, (N, height, width, 3).
        x_unlabeled: features of the unlabelled images of the unseen classes, (M, D); only for
            methods that declare themselves transductive.

    Raises:
        ValueError: shapes do not fit, a label is not that of a seen class, a seen class has no
            image, or a number is not finite.
    """

    x: Array
    y: Labels
    class_vectors: Array
    seen: Mask
    class_names: Sequence[str]
    attribute_names: Sequence[str] = ()
    attribute_vectors: Array | None = None
    captions: Sequence[Sequence[str]] | None = None
    class_captions: Sequence[Sequence[Sequence[str]]] | None = None
    regions: Rows | None = None
    images: Rows | None = None
    x_unlabeled: Array | None = None

    def __post_init__(self) -> None:
        n, k = len(self.y), len(self.class_names)
        lengths = {"x": self.x, "captions": self.captions, "regions": self.regions}
        for name, held in {**lengths, "images": self.images}.items():
            if held is not None and len(held) != n:
                raise ValueError(f"{name} has {len(held)} rows for {n} labels")
        if self.class_captions is not None and len(self.class_captions) != k:
            raise ValueError(f"class_captions has {len(self.class_captions)} lists for {k} classes")
        if self.seen.shape != (k,) or self.seen.dtype != np.bool_:
            raise ValueError(f"seen must be a bool mask over the {k} classes, is {self.seen.shape}")
        if len(self.class_vectors) != k:
            raise ValueError(f"{len(self.class_vectors)} class vectors for {k} classes")
        check_labels(self.y, self.seen, self.class_names)
        for name in ("x", "class_vectors", "attribute_vectors", "x_unlabeled"):
            check_finite(name, getattr(self, name))


@dataclass(frozen=True)
class Truth:
    """What only `calibrate` (validation) and `evaluate` (test) may read.

    Attributes:
        y: class ids of the phase's evaluation images, int64, (N,); seen classes first.
        seen: which classes are seen ones, bool, (K,).
        class_names: K names.
    """

    y: Labels
    seen: Mask
    class_names: Sequence[str]


def check_labels(y: Labels, seen: Mask, names: Sequence[str]) -> None:
    """Training labels are in range, of seen classes only, and leave no seen class empty.

    Raises:
        ValueError: naming the classes.
    """
    if len(y) and (y.min() < 0 or y.max() >= len(seen)):
        raise ValueError(f"labels run from {y.min()} to {y.max()}; allowed: 0 to {len(seen) - 1}")
    count = np.bincount(y, minlength=len(seen))
    if leak := [names[c] for c in np.flatnonzero((count > 0) & ~seen).tolist()]:
        raise ValueError(f"training labels of unseen classes: {', '.join(leak)}")
    if empty := [names[c] for c in np.flatnonzero((count == 0) & seen).tolist()]:
        raise ValueError(f"seen classes without a training image: {', '.join(empty)}")


def check_finite(name: str, array: Array | None) -> None:
    """Every number of a float array is finite.

    Raises:
        ValueError: naming the first row that has a NaN or an infinite value, counted from 0.
    """
    if array is None or np.isfinite(array.sum(dtype=np.float64)):
        return
    bad = np.flatnonzero(~np.isfinite(array).reshape(len(array), -1).all(axis=1))
    raise ValueError(f"{name} has NaN or infinite values in {len(bad)} rows, first row {bad[0]}")
