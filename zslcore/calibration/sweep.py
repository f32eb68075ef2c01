"""The mean of H over several runs, in one sweep over the events of all their curves."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zslcore.calibration.best import Floats
from zslcore.calibration.curve import Curve
from zslcore.calibration.thresholds import events

EQUAL = 1e-12  # values of H nearer than this differ by rounding only


class Sweep(NamedTuple):
    """The mean of H over the runs, on every interval (low, high) of gamma, each (I,)."""

    low: Floats
    high: Floats
    h: Floats
    tolerance: float

    def away(self, gamma: float) -> Floats:
        """How far gamma is from each interval, (I,); 0 in the one that holds it."""
        return np.maximum(np.maximum(self.low - gamma, gamma - self.high), 0.0)

    def centre(self, low: float, high: float) -> float:
        """The middle of an interval; of one without end, the median gap away from its one end."""
        if math.isfinite(low) and math.isfinite(high):
            return (low + high) / 2
        gaps = np.diff(self.low[np.isfinite(self.low)])
        gap = float(np.median(gaps)) if len(gaps) else 1.0
        return low + gap if math.isfinite(low) else high - gap if math.isfinite(high) else 0.0

    def settle(self, gamma: float) -> tuple[int, float]:
        """The interval that holds gamma, and gamma; from an event it moves to the better side."""
        away = self.away(gamma)
        near = np.flatnonzero(away <= away.min() + self.tolerance / 2)
        k = int(near[self.h[near].argmax()])
        low, high = float(self.low[k]), float(self.high[k])
        inside = min(gamma - low, high - gamma) > self.tolerance / 2
        return k, gamma if inside else self.centre(low, high)


def merge(curves: Sequence[Curve], nonnegative: bool) -> Sweep:
    """The mean of H over the curves, wherever a finite gamma can be set between two events."""
    start = np.concatenate([curve.high[:-1] for curve in curves])
    order = start.argsort(kind="stable")
    start, stop = start[order], np.concatenate([curve.low[1:] for curve in curves])[order]
    jump = np.concatenate([np.diff(curve.h) for curve in curves])[order]
    tolerance = max(curve.tolerance for curve in curves)
    first, last = events(start, stop, tolerance)
    low, high = np.append(-np.inf, stop[last]), np.append(start[first], np.inf)
    if nonnegative:
        low = np.maximum(low, 0.0)
    h = (sum(curve.h[0] for curve in curves) + np.append(0.0, jump.cumsum()[last])) / len(curves)
    keep = high > low + tolerance
    return Sweep(low[keep], high[keep], np.where(h > EQUAL, h, 0.0)[keep], tolerance)
