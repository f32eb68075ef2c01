"""Panoptic quality: Kirillov et al. 2019, https://arxiv.org/abs/1801.00868, Eq. 1 and Section 4.2.

The published evaluation's definition, void and crowd included. torchmetrics' one is another: it
also takes the void of the prediction out of the union, and knows no crowd.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from zslcore.calibration.best import Floats, Labels, Mask
from zslcore.metrics import groups
from zslcore.metrics.segmentation import Segmentation, overlaps


@dataclass(frozen=True)
class Counts:
    """What panoptic quality is computed from, of one image or, added up, of many; each (K,).

    Attributes:
        tp, fp, fn: segments found, found in vain and missed.
        iou: the sum over the found ones.
    """

    tp: Labels
    fp: Labels
    fn: Labels
    iou: Floats

    @classmethod
    def zero(cls, n_classes: int) -> Self:
        """Of no image: what a sum starts with."""
        none = np.zeros(n_classes, dtype=np.int64)
        return cls(none, none, none, none.astype(np.float64))

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.iou + other.iou
        )


def count(truth: Segmentation, predicted: Segmentation, n_classes: int, image: str) -> Counts:
    """The counts of one image.

    A prediction finds a true segment of its class, unless that is a crowd, if the two share more
    than half of their union; the union is without the prediction's pixels that are void in truth.
    A prediction is in vain unless more than half of it is void in truth or in the crowd of its
    class (of several crowds the last one in the list).

    Args:
        truth, predicted: maps of the same size.
        n_classes: K.
        image: its name, for messages.

    Raises:
        ValueError: a map has an id that is not among its segments, a predicted segment is not in
            the map, or the maps differ in size.
    """
    shared = overlaps(truth, predicted, n_classes, image)
    inside, void = shared[1:, 1:], shared[0, 1:]
    size = shared[:, 1:].sum(0)
    union = shared[1:].sum(1)[:, None] + size - inside - void
    same = (truth.classes[:, None] == predicted.classes) & ~truth.crowd[:, None]
    found = same & (2 * inside > union)
    t, p = np.nonzero(found)
    forgiven = 2 * (void + _in_crowd(truth, predicted, inside, n_classes)) > size
    return Counts(
        tp=_per_class(predicted.classes[p], n_classes),
        fp=_per_class(predicted.classes[~found.any(0) & ~forgiven], n_classes),
        fn=_per_class(truth.classes[~found.any(1) & ~truth.crowd], n_classes),
        iou=np.bincount(truth.classes[t], inside[t, p] / union[t, p], n_classes).astype(np.float64),
    )


def _per_class(classes: Labels, n_classes: int) -> Labels:
    return np.bincount(classes, minlength=n_classes)


def _in_crowd(
    truth: Segmentation, predicted: Segmentation, inside: Labels, n_classes: int
) -> Labels:
    """How much of each prediction is in the last crowd of its class, (n_predicted,)."""
    crowds = np.flatnonzero(truth.crowd)
    last = np.full(n_classes, -1)
    last[truth.classes[crowds]] = crowds  # of an index that occurs twice the last value stays
    of = last[predicted.classes]
    forgiving = np.zeros(len(of), dtype=np.int64)
    has = np.flatnonzero(of >= 0)
    forgiving[has] = inside[of[has], has]
    return forgiving


class Quality(NamedTuple):
    """Panoptic, segmentation and recognition quality of each class, in [0, 1], (K,).

    NaN where a class is neither in truth nor in the predictions; pq = sq rq.
    """

    pq: Floats
    sq: Floats
    rq: Floats


def quality(counts: Counts) -> Quality:
    """The quality of each class over all images that were counted (Eq. 1)."""
    occurs = counts.tp + counts.fp + counts.fn > 0
    nothing = np.where(occurs, 0.0, np.nan)
    sq = np.divide(counts.iou, counts.tp, out=nothing.copy(), where=counts.tp > 0)
    of = counts.tp + counts.fp / 2 + counts.fn / 2
    rq = np.divide(counts.tp, of, out=nothing, where=occurs)
    return Quality(sq * rq, sq, rq)


def measure(counts: Counts, seen: Mask) -> dict[str, float]:
    """PQ, SQ and RQ as means over the seen, the unseen and all classes, and what they rest on.

    Keys: `pq.seen`, `.unseen`, `.hm`, `.all`, the same for `sq` and `rq`; `absent.seen`, `.unseen`:
    classes left out since they do not occur; `found.seen`, `.unseen`: classes of which a segment
    was found. SQ jumps with the latter, since a class without one counts as 0.

    Args:
        counts: of all images.
        seen: bool, (K,).

    Raises:
        ValueError: no class of a group occurs.
    """
    of = quality(counts)
    means = [groups.by_group(name, values, seen) for name, values in of._asdict().items()]
    found = groups.count("found", counts.tp > 0, seen)
    return {**means[0], **means[1], **means[2], **groups.absent(of.pq, seen), **found}
