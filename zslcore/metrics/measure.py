"""The numbers of one row of the results table, and its table by class."""

from collections.abc import Sequence

import numpy as np

from zslcore.calibration.best import Best, Floats, Labels
from zslcore.calibration.curve import Curve
from zslcore.metrics.accuracy import class_mean, per_class, seen_unseen
from zslcore.metrics.evaluation import Evaluation
from zslcore.metrics.intervals import over_seeds
from zslcore.metrics.names import KEYS


def measure(evaluation: Evaluation) -> dict[str, float]:
    """Every metric's mean over the seeds, then every half width of its 95 % interval.

    AUSUC is that of the handicap's family; `oracle.h` takes the best handicap of each seed.
    """
    rows = [
        _one_seed(evaluation, best, curve)
        for best, curve in zip(evaluation.bests, evaluation.curves, strict=True)
    ]
    values = {key: [row[key] for row in rows] for key in KEYS}
    return over_seeds(values)


def _one_seed(evaluation: Evaluation, best: Best, curve: Curve) -> dict[str, float]:
    labels, seen = evaluation.labels, evaluation.seen
    plain = seen_unseen(best.answers(), labels, seen)
    calibrated = seen_unseen(evaluation.handicap.on(best).answers(), labels, seen)
    return {
        "zsl.acc": class_mean(per_class(best.unseen_class, labels, len(seen))[~seen]),
        "gzsl.seen": calibrated.seen,
        "gzsl.unseen": calibrated.unseen,
        "gzsl.h": calibrated.h,
        "gzsl.ausuc": curve.ausuc,
        "gzsl_uncalibrated.seen": plain.seen,
        "gzsl_uncalibrated.unseen": plain.unseen,
        "gzsl_uncalibrated.h": plain.h,
        "oracle.h": curve.best_h,
    }


def by_class(evaluation: Evaluation, class_names: Sequence[str]) -> list[dict[str, object]]:
    """One record per class that has images; accuracies are means over the seeds.

    Columns: `class`, `seen`, `images`, `zsl` (among unseen classes; None for seen ones), `gzsl`
    (among all classes, calibrated).
    """
    labels, seen = evaluation.labels, evaluation.seen
    count = np.bincount(labels, minlength=len(seen))
    zsl = _seed_mean(evaluation, [best.unseen_class for best in evaluation.bests])
    gzsl = _seed_mean(evaluation, [evaluation.handicap.on(b).answers() for b in evaluation.bests])
    return [
        {
            "class": class_names[c],
            "seen": bool(seen[c]),
            "images": int(count[c]),
            "zsl": None if seen[c] else float(zsl[c]),
            "gzsl": float(gzsl[c]),
        }
        for c in np.flatnonzero(count).tolist()
    ]


def _seed_mean(evaluation: Evaluation, answers: Sequence[Labels]) -> Floats:
    n_classes = len(evaluation.seen)
    accuracy = [per_class(of_seed, evaluation.labels, n_classes) for of_seed in answers]
    return np.mean(accuracy, axis=0)
