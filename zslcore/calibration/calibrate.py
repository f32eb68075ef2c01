"""From validation scores to the handicap, checked against plain argmax."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zslcore.calibration.best import Labels, Mask, Scores, best
from zslcore.calibration.choose import choose
from zslcore.calibration.config import Config
from zslcore.calibration.curve import Curve, curve
from zslcore.calibration.handicap import Handicap
from zslcore.calibration.thresholds import Family


class Scored(NamedTuple):
    """One validation run: a seed, or a fold with its own classes.

    Attributes:
        scores: higher is likelier, (N, K).
        labels: class ids, of seen and of unseen classes, (N,).
        seen: bool, (K,).
    """

    scores: Scores
    labels: Labels
    seen: Mask


class Calibration(NamedTuple):
    """The handicap and the curves of the R runs that it was chosen on."""

    handicap: Handicap
    curves: list[Curve]


def calibrate(runs: Sequence[Scored], family: Family, cfg: Config) -> Calibration:
    """The handicap that these validation runs ask for.

    Raises:
        ValueError: scores, labels or family do not fit (see `best`, `curve`, `choose`).
        RuntimeError: plain argmax does not confirm what the sweep promised.
    """
    curves = [curve(best(run.scores, run.seen), run.labels, run.seen, family) for run in runs]
    handicap = choose(curves, cfg)
    if handicap.h:  # else nothing was promised
        _confirm(handicap, runs)
    return Calibration(handicap, curves)


def summary(calibration: Calibration) -> dict[str, list[float]]:
    """Validation accuracies at the handicap, run by run, under the keys of the test metrics."""
    handicap, curves = calibration
    at = [(curve, curve.state(handicap.gamma)) for curve in curves]
    return {
        "zsl.acc": [curve.u_max for curve in curves],
        "gzsl.seen": [float(curve.seen[k]) for curve, k in at],
        "gzsl.unseen": [float(curve.unseen[k]) for curve, k in at],
        "gzsl.h": [float(curve.h[k]) for curve, k in at],
        "gzsl.ausuc": [curve.ausuc for curve in curves],
    }


def _confirm(handicap: Handicap, runs: Sequence[Scored]) -> None:
    found = float(np.mean([_argmax_h(handicap, run) for run in runs]))
    if abs(found - handicap.h) > 1e-9:
        raise RuntimeError(
            f"the {handicap.family} handicap {handicap.value!r} was to give H = {handicap.h:.12f}, "
            f"but plain argmax finds {found:.12f}: the sweep has drifted from what it stands for"
        )


def _argmax_h(handicap: Handicap, run: Scored) -> float:
    hit = handicap.apply(run.scores, run.seen).argmax(axis=1) == run.labels
    count = np.bincount(run.labels, minlength=len(run.seen))
    accuracy = np.bincount(run.labels, hit, len(run.seen)) / count.clip(1)
    seen, unseen = accuracy[run.seen & (count > 0)].mean(), accuracy[~run.seen & (count > 0)].mean()
    return float(2 * seen * unseen / (seen + unseen)) if seen + unseen else 0.0
