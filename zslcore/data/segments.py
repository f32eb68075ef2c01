"""What PADing learns from: embeddings of segments, kept once the segmenter is trained."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zslcore.data.problem import Array, Labels, Mask, check_finite


@dataclass(frozen=True)
class Segments:
    """Embeddings of a segmenter's queries on training images, and what is known of all classes.

    Class ids run 0..K-1; "no object" is no class, and has the last of a class layer's K + 1 rows.

    Attributes:
        x: of the queries that were matched with a segment, float32 or float16, (N, d).
        y: classes of those segments, int64, (N,); seen classes only. A seen class may have none.
        unmatched: of the other queries, likewise, (M, d).
        class_vectors: what describes each class, float32, (K, s).
        seen: True for the classes whose segments training may see, bool, (K,).
        class_names: K names.

    Raises:
        ValueError: shapes or types do not fit, a label is not that of a seen class, a class vector
            is 0, or a number is not finite.
    """

    x: Array
    y: Labels
    unmatched: Array
    class_vectors: Array
    seen: Mask
    class_names: Sequence[str]

    def __post_init__(self) -> None:
        _check_embeddings("x", self.x)
        _check_embeddings("unmatched", self.unmatched)
        if self.unmatched.shape[1] != self.x.shape[1]:
            raise ValueError(
                f"unmatched embeddings have {self.unmatched.shape[1]} numbers each, matched ones "
                f"{self.x.shape[1]}: both must come from one segmenter"
            )
        _check_classes(self.class_vectors, self.seen, self.class_names)
        if self.y.shape != (len(self.x),):
            raise ValueError(f"x has {len(self.x)} rows, y the shape {self.y.shape}")
        refuse_unseen(self.y, self.seen, self.class_names)


def refuse_unseen(y: Labels, seen: Mask, names: Sequence[str]) -> None:
    """Every label is that of a seen class.

    Raises:
        ValueError: naming the unseen classes and how many labels they have.
    """
    if not np.issubdtype(y.dtype, np.integer):
        raise ValueError(f"labels are of type {y.dtype}; allowed: integers")
    if y.min() < 0 or y.max() >= len(seen):
        raise ValueError(f"labels run from {y.min()} to {y.max()}; allowed: 0 to {len(seen) - 1}")
    count = np.bincount(y, minlength=len(seen))
    leaks = np.flatnonzero((count > 0) & ~seen).tolist()
    if leaks:
        found = ", ".join(f"{names[c]} ({count[c]})" for c in leaks)
        raise ValueError(
            f"training segments of unseen classes: {found}; leave out the images that show them"
        )


def _check_embeddings(name: str, values: Array) -> None:
    if values.ndim != 2 or len(values) == 0:
        raise ValueError(f"{name} has shape {values.shape}; allowed: some rows of embeddings")
    if values.dtype not in (np.float32, np.float16):
        raise ValueError(f"{name} is of type {values.dtype}; allowed: float32, float16")
    check_finite(name, values)


def _check_classes(vectors: Array, seen: Mask, names: Sequence[str]) -> None:
    k = len(names)
    if vectors.ndim != 2 or len(vectors) != k:
        raise ValueError(f"class_vectors has shape {vectors.shape} for {k} class names")
    if seen.shape != (k,) or seen.dtype != np.bool_:
        raise ValueError(f"seen must be a bool mask over the {k} classes, is {seen.shape}")
    if len(set(names)) < k:
        raise ValueError(f"class names occur more than once: {k} names, {len(set(names))} distinct")
    check_finite("class_vectors", vectors)
    if empty := [names[c] for c in np.flatnonzero(~vectors.any(axis=1)).tolist()]:
        raise ValueError(f"class vectors that are all 0: {', '.join(empty)}; give them a direction")
