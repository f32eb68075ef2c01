"""Captions as token ids: each stored once, however many images have it."""

from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np
from numpy.typing import NDArray

from zslcore.data.problem import Labels

PADDING = 0
UNKNOWN = 1
FIRST = 2  # id of the vocabulary's first word


@dataclass(frozen=True)
class Tokens:
    """The captions of N images, any number of each, as M distinct rows of ids.

    Captions that read the same after encoding are one row; its number stands in `index` once for
    every time an image has it.

    Attributes:
        ids: int32, (M, L): `PADDING` after the end, `UNKNOWN` for a word outside the vocabulary,
            the others from `FIRST` on.
        lengths: ids before the padding, 1 to L, int64, (M,).
        index: rows of `ids`, image after image, each image's in the order of its captions, int64.
        start: where the captions of each image begin in `index`, int64, (N,).
        count: how many it has there, at least 1, int64, (N,).
    """

    ids: NDArray[np.int32]
    lengths: Labels
    index: Labels
    start: Labels
    count: Labels

    @classmethod
    def of(cls, encoded: Iterable[tuple[int, ...]], images: Sequence[Sized], size: int) -> Self:
        """Of encoded captions.

        Args:
            encoded: the ids of each caption, 1 to L of them, image after image.
            images: N, each as long as it has captions.
            size: L.

        Raises:
            ValueError: an image has no caption.
        """
        count = np.array([len(captions) for captions in images], dtype=np.int64)
        if not count.all():
            raise ValueError(
                f"{np.count_nonzero(count == 0)} of {len(count)} images have no caption, the first "
                f"is image {count.argmin()} (from 0): leave them out, or give each at least one"
            )
        rows: dict[tuple[int, ...], int] = {}
        index = [rows.setdefault(row, len(rows)) for row in encoded]
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        ids = np.full((len(rows), size), PADDING, dtype=np.int32)
        ids[np.arange(size) < lengths[:, None]] = np.fromiter(chain.from_iterable(rows), np.int32)
        start = count.cumsum() - count
        return cls(ids, lengths, np.array(index, dtype=np.int64), start, count)

    def rows(self, image: int) -> Labels:
        """Which rows of `ids` are the captions of an image, (count[image],)."""
        return self.index[self.start[image] : self.start[image] + self.count[image]]
