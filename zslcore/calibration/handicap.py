"""The one number that calibration hands on: how far the seen classes are set back."""

import math
from dataclasses import dataclass

import numpy as np

from zslcore.calibration.best import Best, Floats, Mask, Scores
from zslcore.calibration.thresholds import Family, require_distances


@dataclass(frozen=True)
class Handicap:
    """A set-back of the seen classes; its fields are JSON values.

    Attributes:
        family: additive: seen scores minus `value`; multiplicative: seen distances times
            1 + `value`.
        value: gamma or alpha; 0 is no calibration.
        low, high: the interval that `value` was chosen from; None for a side without end.
        h: harmonic mean at `value` on the images it was chosen on, mean over the runs.
    """

    family: Family
    value: float
    low: float | None
    high: float | None
    h: float

    @property
    def gamma(self) -> float:
        """The handicap on the axis of `Curve`: gamma itself, or ln(1 + alpha)."""
        return to_gamma(self.family, self.value)

    def apply(self, scores: Scores, seen: Mask) -> Floats:
        """Calibrated scores, float64 (..., K).

        Raises:
            ValueError: the family is multiplicative and a score is positive.
        """
        if self.family == "additive":
            return scores - self.value * seen
        require_distances(scores)
        return scores * (1 + self.value * seen)

    def on(self, best: Best) -> Best:
        """The same images, their seen classes set back.

        Raises:
            ValueError: the family is multiplicative and a score is positive.
        """
        return best._replace(seen_score=self.apply(best.seen_score, np.array(True)))


def to_gamma(family: Family, value: float) -> float:
    """The place of a handicap on the axis of `Curve`."""
    return value if family == "additive" else math.log1p(value)


def from_gamma(family: Family, gamma: float, low: float, high: float, h: float) -> Handicap:
    """The handicap at a place on the axis of `Curve`, chosen from the interval (low, high)."""
    if family == "multiplicative":
        gamma, low, high = math.expm1(gamma), math.expm1(low), math.expm1(high)
    below, above = (end if math.isfinite(end) else None for end in (low, high))
    return Handicap(family, gamma, below, above, h)
