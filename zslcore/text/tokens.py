"""Captions as token ids: each stored once, however many images have it."""

from dataclasses import dataclass

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

    def rows(self, image: int) -> Labels:
        """Which rows of `ids` are the captions of an image, (count[image],)."""
        return self.index[self.start[image] : self.start[image] + self.count[image]]
