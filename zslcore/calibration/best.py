"""What decides an answer: of every image, the best seen class and the best unseen class.

A handicap of the seen classes changes no order within either side, so all that calibration and
GZSL metrics ask of a score matrix (N, K) is in these four arrays (N,).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[Any]
Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Best(NamedTuple):
    """The best class of either side and its score, each (N,)."""

    seen_score: Floats
    seen_class: Labels
    unseen_score: Floats
    unseen_class: Labels

    def answers(self) -> Labels:
        """The classes with the highest scores, (N,); of equal ones the first, as in `argmax`."""
        first = self.seen_class < self.unseen_class
        level = self.seen_score == self.unseen_score
        seen = (self.seen_score > self.unseen_score) | (level & first)
        return np.where(seen, self.seen_class, self.unseen_class)


def best(scores: Scores, seen: Mask) -> Best:
    """The best seen and the best unseen class of every image, with float64 scores.

    Args:
        scores: higher is likelier, (N, K).
        seen: which classes are seen ones, bool, (K,).

    Raises:
        ValueError: the shapes do not fit, a side has no class, there is no image, or a score is
            not finite.
    """
    if scores.ndim != 2 or seen.shape != scores.shape[1:] or seen.dtype != np.bool_:
        raise ValueError(
            f"scores must be (N, K) with a bool mask `seen` (K,), are {scores.shape} "
            f"with {seen.dtype} {seen.shape}"
        )
    if not len(scores) or seen.all() or not seen.any():
        raise ValueError(
            f"{len(scores)} images, {seen.sum()} seen and {(~seen).sum()} unseen classes: "
            "calibration needs at least one of each"
        )
    _check_finite(scores)
    return Best(*_top(scores, np.flatnonzero(seen)), *_top(scores, np.flatnonzero(~seen)))


def _top(scores: Scores, classes: Labels) -> tuple[Floats, Labels]:
    side = np.take(scores, classes, axis=1)
    column = side.argmax(axis=1)
    score = np.take_along_axis(side, column[:, None], axis=1)[:, 0]
    return score.astype(np.float64), classes[column]


def _check_finite(scores: Scores) -> None:
    if np.isfinite(scores.min()) and np.isfinite(scores.max()):  # either is NaN if any score is
        return
    bad = np.flatnonzero(~np.isfinite(scores).all(axis=1))
    raise ValueError(
        f"scores have NaN or infinite values in {len(bad)} of {len(scores)} images, "
        f"the first is image {bad[0]}, counted from 0"
    )
