"""The classes that an image may be of: those of the package, and new ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zslcore.data.problem import Array, Labels, Mask

UNIT = 1e-4  # by which a length may differ from 1


@dataclass(frozen=True)
class Classes:
    """K classes.

    Attributes:
        names: of the classes.
        vectors: float32, (K, A).
        seen: which had training images, bool (K,).
        new: which have been added to those of the package, bool (K,).
        attribute_names: A names, or () where the vectors are not made of attributes.
    """

    names: tuple[str, ...]
    vectors: Array
    seen: Mask
    new: Mask
    attribute_names: tuple[str, ...]

    def __post_init__(self) -> None:
        k = len(self.names)
        if self.vectors.ndim != 2 or self.seen.shape != (k,) or len(self.vectors) != k:
            raise ValueError(
                f"{k} class names, class vectors {self.vectors.shape}, seen {self.seen.shape}: "
                "these do not belong together"
            )

    def extended(self, names: Sequence[str], vectors: Array) -> "Classes":
        """With new classes, which count as unseen.

        Vectors (k, A) get unit length if all those of the package have it: then `prepare` scaled
        them, and has to be followed.
        """
        lengths = np.linalg.norm(self.vectors, axis=1)
        if (np.abs(lengths - 1) <= UNIT).all():
            vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12)
        added = np.ones(len(names), bool)
        return Classes(
            (*self.names, *names),
            np.concatenate([self.vectors, vectors.astype(np.float32)]),
            np.concatenate([self.seen, ~added]),
            np.concatenate([self.new, added]),
            self.attribute_names,
        )

    def among(self, which: str) -> Labels:
        """Positions of some: which is "all", "seen", "unseen" or "new"."""
        sides = {"all": self.seen | True, "seen": self.seen, "unseen": ~self.seen, "new": self.new}
        return np.flatnonzero(sides[which])
