"""What the metrics of one row of the results table are computed from, reduced once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from zslcore.calibration.best import Best, Labels, Mask, Scores, best
from zslcore.calibration.curve import Curve, curve
from zslcore.calibration.handicap import Handicap


@dataclass(frozen=True)
class Evaluation:
    """The answers of S seeds to N labelled images, under a handicap chosen elsewhere.

    Attributes:
        bests: of each seed.
        curves: of each seed, in the handicap's family; the handicap's value does not enter.
        labels: class ids, (N,).
        seen: bool, (K,).
        handicap: chosen on validation images.
    """

    bests: Sequence[Best]
    curves: Sequence[Curve]
    labels: Labels
    seen: Mask
    handicap: Handicap

    @classmethod
    def of(cls, scores: Scores, labels: Labels, seen: Mask, handicap: Handicap) -> Self:
        """Reduce scores (S, N, K); they are not kept.

        Raises:
            ValueError: scores, labels or family do not fit (see `best` and `curve`).
        """
        if scores.ndim != 3 or not len(scores):
            raise ValueError(f"scores must be (S, N, K), one matrix per seed, are {scores.shape}")
        bests = [best(of_seed, seen) for of_seed in scores]
        curves = [curve(of_seed, labels, seen, handicap.family) for of_seed in bests]
        return cls(bests, curves, labels, seen, handicap)
