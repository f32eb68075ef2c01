"""How much the numbers would differ on other test images of the same classes.

Images are resampled within each class (Efron and Tibshirani 1993, percentile intervals); models
and handicap stay fixed. A resampled test set is a list of multiplicities, so nothing is scored or
sorted again.
"""

import numpy as np
from numpy.typing import NDArray

from zslcore.calibration.best import Best, Floats, Labels, Mask
from zslcore.calibration.curve import class_weights, crossings, harmonic
from zslcore.calibration.thresholds import events, thresholds
from zslcore.metrics.evaluation import Evaluation

Counts = NDArray[np.uint8]

RESAMPLED = ("zsl.acc", "gzsl.seen", "gzsl.unseen", "gzsl.h", "gzsl.ausuc")


def resample(labels: Labels, replicates: int, seed: int) -> Counts:
    """How often each image is drawn in each of B replicates, (N, B).

    Every replicate draws as many images of a class as there are, with replacement. One drawing
    serves all rows of a table, whose intervals then rest on the same replicates.
    """
    rng = np.random.default_rng(seed)
    counts = np.empty((len(labels), replicates), dtype=np.uint8)  # none is ever drawn 256 times
    for c in np.unique(labels):
        images = np.flatnonzero(labels == c)
        drawn = rng.integers(len(images), size=(len(images), replicates), dtype=np.uint32)
        cell = drawn * np.int64(replicates) + np.arange(replicates)
        counts[images] = np.bincount(cell.ravel(), minlength=cell.size).reshape(cell.shape)
    return counts


def bootstrap(evaluation: Evaluation, counts: Counts) -> dict[str, tuple[float, float]]:
    """95 % intervals (low, high) of the metrics' means over the seeds, the handicap being fixed.

    Unlike the half widths over seeds they hold for one seed too, and for these models only.

    Args:
        evaluation: of N images.
        counts: from `resample`, (N, B).
    """
    values = np.mean([_replicates(evaluation, best, counts) for best in evaluation.bests], axis=0)
    low, high = np.quantile(values, (0.025, 0.975), axis=1)
    return dict(zip(RESAMPLED, zip(low.tolist(), high.tolist(), strict=True), strict=True))


def _replicates(evaluation: Evaluation, best: Best, counts: Counts) -> Floats:
    """The values of `RESAMPLED` on every replicate, (5, B)."""
    labels, seen = evaluation.labels, evaluation.seen
    weight, is_seen = class_weights(labels, seen), seen[labels]
    hit = evaluation.handicap.on(best).answers() == labels
    s, u = (_accuracy(hit & side, weight, counts) for side in (is_seen, ~is_seen))
    zsl, area = _whole_curve(evaluation, best, weight, counts)
    return np.stack([zsl, s, u, harmonic(s, u), area])


def _accuracy(hit: Mask, weight: Floats, counts: Counts) -> Floats:
    images = np.flatnonzero(hit)
    return np.einsum("n,nb->b", weight[images], counts[images])


def _whole_curve(
    evaluation: Evaluation, best: Best, weight: Floats, counts: Counts
) -> tuple[Floats, Floats]:
    """ZSL accuracy and AUSUC on every replicate, (B,) each.

    The area is a sum over pairs: every right seen image adds its weight times that of the right
    unseen images which go over before it, half of it for those that go over together with it.
    """
    gamma, tolerance = thresholds(best, evaluation.handicap.family)
    order = crossings(best, evaluation.labels, evaluation.seen, gamma)
    first, _ = events(gamma[order], gamma[order], tolerance)
    event = first.searchsorted(np.arange(len(order)), side="right")

    is_seen = evaluation.seen[evaluation.labels[order]]
    stay, come = order[is_seen], order[~is_seen]
    come_by = np.zeros((len(come) + 1, counts.shape[1]))
    np.cumsum(weight[come, None] * counts[come], axis=0, out=come_by[1:])
    before, until = (event[~is_seen].searchsorted(event[is_seen], s) for s in ("left", "right"))
    height = (come_by[before] + come_by[until]) / 2
    return come_by[-1], np.einsum("n,nb,nb->b", weight[stay], counts[stay], height)
