"""The handicap with the highest harmonic mean H, exactly.

H is constant between the events of a curve and has many local maxima, so every state is looked at.
Where several runs (seeds, folds) are given, the mean of their H is maximised. Calibrated stacking:
Chao et al. 2016, https://arxiv.org/abs/1605.04253; the mean of every run's own best value is the
rule of CLAREL, https://arxiv.org/abs/1906.11892.
"""

from collections.abc import Sequence

import numpy as np

from zslcore.calibration.config import Config
from zslcore.calibration.curve import Curve
from zslcore.calibration.handicap import Handicap, from_gamma, to_gamma
from zslcore.calibration.sweep import EQUAL, Sweep, merge


def choose(curves: Sequence[Curve], cfg: Config) -> Handicap:
    """The handicap for these runs, never where only the order of equal scores decides.

    Of intervals with the same H the widest is taken, then the one nearest to no calibration; of
    the interval, its centre. Where nothing gives an H above 0, there is no handicap: value 0.

    Args:
        curves: of R runs, all of one family.
        cfg: what is to be maximised.

    Raises:
        ValueError: there is no curve, or their families differ.
    """
    families = {curve.family for curve in curves}
    if len(families) != 1:
        raise ValueError(f"curves of one family are needed, got {sorted(families) or 'no curve'}")
    (family,) = families
    sweep = merge(curves, cfg.nonnegative)
    if not sweep.h.any():
        return from_gamma(family, 0.0, float(sweep.low[0]), float(sweep.high[-1]), 0.0)
    if cfg.aggregate == "mean_argmax" and len(curves) > 1:
        value = float(np.mean([choose([curve], cfg).value for curve in curves]))
        k, gamma = sweep.settle(to_gamma(family, value))
        low, high = float(sweep.low[k]), float(sweep.high[k])
    else:
        low, high = _interval(sweep, cfg)
        k, gamma = sweep.settle(sweep.centre(low, high))
    return from_gamma(family, gamma, low, high, float(sweep.h[k]))


def _interval(sweep: Sweep, cfg: Config) -> tuple[float, float]:
    """Where H is highest; for `plateau` with all around it that is hardly lower."""
    i = j = _peak(sweep)
    if cfg.select == "plateau":
        enough = (sweep.h > 0) & (sweep.h >= sweep.h[i] - cfg.plateau - EQUAL)
        fence = np.concatenate([[-1], np.flatnonzero(~enough), [len(enough)]])
        post = int(fence.searchsorted(i))
        i, j = fence[post - 1] + 1, fence[post] - 1
    return float(sweep.low[i]), float(sweep.high[j])


def _peak(sweep: Sweep) -> int:
    highest = np.flatnonzero(sweep.h >= sweep.h.max() - EQUAL)
    width = (sweep.high - sweep.low)[highest]
    widest = highest[width >= width.max() * (1 - 1e-9)]
    return int(widest[sweep.away(0.0)[widest].argmin()])
