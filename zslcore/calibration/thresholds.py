"""At which handicap an image goes over from the seen to the unseen side.

Two families, each with one parameter:

    additive        seen scores minus gamma (calibrated stacking: Chao et al. 2016,
                    https://arxiv.org/abs/1605.04253)
    multiplicative  seen distances times 1 + alpha (CLAREL: Oreshkin et al. 2020,
                    https://arxiv.org/abs/1906.11892)

The second is the first on log-distances, with gamma = ln(1 + alpha). So one axis, gamma, serves
both: an image is called seen where gamma is below its threshold, and unseen above it.
"""

from typing import Literal, NamedTuple

import numpy as np

from zslcore.calibration.best import Best, Floats, Labels

Family = Literal["additive", "multiplicative"]

# Relative to the scores: thousands of times the rounding error of float64, so that gamma can be
# set between any two thresholds further apart, and far below what float32 scores tell apart.
TOLERANCE = 1e-12


class Thresholds(NamedTuple):
    """The gamma at which each image changes sides.

    Attributes:
        gamma: (N,); infinite for an image that never does.
        tolerance: two thresholds nearer than this are one: no gamma would come between them.
    """

    gamma: Floats
    tolerance: float


def thresholds(best: Best, family: Family) -> Thresholds:
    """The gamma at which each image changes sides, (N,).

    Raises:
        ValueError: the family is unknown, or is multiplicative and a score is positive.
    """
    if family == "additive":
        return _additive(best)
    if family == "multiplicative":
        return _multiplicative(best)
    raise ValueError(f"unknown family {family!r}; allowed: additive, multiplicative")


def events(start: Floats, stop: Floats, tolerance: float) -> tuple[Labels, Labels]:
    """The first and the last crossing of every event; crossings nearer than `tolerance` are one.

    Args:
        start: where each crossing begins, ascending, (M,).
        stop: where it ends: the same array, unless crossings were merged before, (M,).
        tolerance: see `Thresholds`.
    """
    reached = np.append(np.nan, stop)[:-1]
    first = np.flatnonzero(~(start <= reached + tolerance))  # the first of all has NaN before it
    return first, np.append(first, len(start))[1:] - 1


def require_distances(scores: Floats) -> None:
    """All scores are negated distances.

    Raises:
        ValueError: one is positive.
    """
    if scores.max() > 0:
        raise ValueError(
            f"multiplicative calibration needs negated distances, all <= 0, but there is a score "
            f"of {scores.max():.6g}; use the additive family for similarities"
        )


def _additive(best: Best) -> Thresholds:
    size = np.maximum(abs(best.seen_score), abs(best.unseen_score))
    # the median: one outlier must not merge the thresholds of all other images
    tolerance = TOLERANCE * float(np.median(size))
    return Thresholds(best.seen_score - best.unseen_score, tolerance)


def _multiplicative(best: Best) -> Thresholds:
    require_distances(best.seen_score)
    require_distances(best.unseen_score)
    with np.errstate(divide="ignore", invalid="ignore"):
        gamma = np.log(-best.unseen_score) - np.log(-best.seen_score)
    # both distances zero: a tie at every alpha, which `argmax` gives to the first class
    tie = np.where(best.seen_class < best.unseen_class, np.inf, -np.inf)
    return Thresholds(np.where(np.isnan(gamma), tie, gamma), TOLERANCE)
