"""From the queries of a mask classifier to a panoptic, an instance and a semantic segmentation.

He et al. 2023 (PADing), https://arxiv.org/abs/2306.11087, uses the inference of Mask2Former (Cheng
et al. 2022, https://arxiv.org/abs/2112.01527) as it is: no handicap, no gate. Arrays in, arrays
out.

Everywhere: `classes` (Q, K + 1), each query's class probabilities, the last column being "no
object"; `masks` (Q, H, W), each query's probability at each pixel of the image in its own size;
`things` (K,), bool, False for stuff. All functions raise ValueError if these do not fit together,
or hold anything but probabilities.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zslcore.segments.config import Merge

Array = NDArray[np.floating]
Labels = NDArray[np.int64]
Mask = NDArray[np.bool_]

VOID = 0
ROUNDING = 1e-3  # by which an interpolated probability may leave [0, 1]


class Segment(NamedTuple):
    """One segment of a panoptic map: its id there, from 1, and its class."""

    id: int
    label: int


class Panoptic(NamedTuple):
    """Which segment each pixel belongs to, int32 (H, W), 0 where none; and the segments by id."""

    map: NDArray[np.int32]
    segments: tuple[Segment, ...]


class Instances(NamedTuple):
    """n detections, the likeliest first.

    Attributes:
        queries: where each comes from, (n,).
        labels: their classes, (n,).
        scores: class probability times mean mask probability inside the mask, float64 (n,).
        masks: bool, (n, H, W); none is empty.
        boxes: left, top, width and height of the masks, in pixels, int64 (n, 4).
    """

    queries: Labels
    labels: Labels
    scores: NDArray[np.float64]
    masks: Mask
    boxes: Labels


def panoptic(classes: Array, masks: Array, things: Mask, merge: Merge) -> Panoptic:
    """Every pixel to at most one segment; stuff of one class is one segment.

    A pixel is owned by the query with the highest class probability times mask probability. Of what
    a query owns, its segment has the pixels that are also in its mask.
    """
    _check(classes, masks, things)
    labels, scores = classes.argmax(1), classes.max(1)
    kept = np.flatnonzero((labels < len(things)) & (scores > merge.score))
    if not len(kept):
        return Panoptic(np.full(masks.shape[1:], VOID, np.int32), ())
    mask = masks[kept]
    owner = (scores[kept, None, None] * mask).argmax(0)
    inside = mask >= merge.mask
    painted = np.take_along_axis(inside, owner[None], axis=0)[0]
    n_owned, n_painted = (_count(of, len(kept)) for of in (owner, owner[painted]))
    n_inside = np.count_nonzero(inside, axis=(1, 2))
    stays = (n_painted > 0) & (n_owned / np.maximum(n_inside, 1) >= merge.overlap)
    ids, segments = _numbered(labels[kept], stays, things)
    return Panoptic(np.where(painted, ids[owner], VOID).astype(np.int32), segments)


def _count(owner: Labels, n: int) -> Labels:
    return np.bincount(owner.ravel(), minlength=n)


def _numbered(
    labels: Labels, stays: Mask, things: Mask
) -> tuple[NDArray[np.int32], tuple[Segment, ...]]:
    """The segment id of each query, void for those that do not stay, and the segments."""
    ids = np.full(len(labels), VOID, np.int32)
    segments: list[Segment] = []
    stuff: dict[int, int] = {}
    for query in np.flatnonzero(stays).tolist():
        label = int(labels[query])
        if label not in stuff:
            segments.append(Segment(len(segments) + 1, label))
        if not things[label]:
            stuff.setdefault(label, len(segments))
        ids[query] = stuff.get(label, len(segments))
    return ids, tuple(segments)


def instances(classes: Array, masks: Array, things: Mask, top: int) -> Instances:
    """The likeliest pairs of query and class, so that a query may answer several classes.

    Stuff is dropped after the choice, as Mask2Former does, and so are empty masks, which have no
    box: there may be fewer than `top`.

    Args:
        classes, masks, things: see the module.
        top: how many pairs are looked at; Mask2Former has 100.
    """
    _check(classes, masks, things)
    n_classes = len(things)
    flat = classes[:, :n_classes].ravel()
    chosen = np.argsort(-flat, kind="stable")[:top]
    mask = masks > 0.5  # where the mask's logit is positive
    area = np.count_nonzero(mask, axis=(1, 2))
    inside = np.where(mask, masks, 0).sum((1, 2), dtype=np.float64) / np.maximum(area, 1)
    chosen = chosen[things[chosen % n_classes] & (area[chosen // n_classes] > 0)]
    scores = flat[chosen] * inside[chosen // n_classes]
    order = np.argsort(-scores, kind="stable")
    queries, labels = np.divmod(chosen[order], n_classes)
    boxes = np.array([_box(mask[query]) for query in queries], dtype=np.int64).reshape(-1, 4)
    return Instances(queries, labels, scores[order], mask[queries], boxes)


def _box(mask: Mask) -> tuple[int, int, int, int]:
    """Left, top, width, height of a mask that is not empty."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    top, left = rows[0], columns[0]
    return left, top, columns[-1] - left + 1, rows[-1] - top + 1


def semantic(classes: Array, masks: Array, things: Mask) -> Labels:
    """The class of each pixel, (H, W).

    It is that of the highest class times mask probability, summed over the queries.
    """
    _check(classes, masks, things)
    votes = np.tensordot(classes[:, : len(things)], masks, axes=(0, 0))
    return votes.argmax(0)


def _check(classes: Array, masks: Array, things: Mask) -> None:
    fits = classes.ndim == 2 and masks.ndim == 3 and things.ndim == 1
    if not fits or len(classes) != len(masks) or classes.shape[1] != len(things) + 1:
        raise ValueError(
            f"classes {classes.shape}, masks {masks.shape}, things {things.shape}; "
            "allowed: (Q, K + 1), (Q, H, W), (K,)"
        )
    for name, values in (("classes", classes), ("masks", masks)):
        low, high = values.min(initial=0), values.max(initial=1)  # NaN if there is one
        if not (low >= -ROUNDING and high <= 1 + ROUNDING):
            raise ValueError(
                f"{name} run from {low:.3g} to {high:.3g}; these are to be probabilities: "
                "softmax of the class logits, sigmoid of the mask logits"
            )
