"""Two panoptic segmentations of an image, and the pixels that their segments share."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from zslcore.calibration.best import Labels, Mask

Map = NDArray[np.integer[Any]]
VOID = 0


class Segmentation(NamedTuple):
    """The n segments of an image.

    Attributes:
        map: the segment id of each pixel, (H, W); 0 is void.
        ids: of the segments, (n,).
        classes: of the segments, (n,), in 0..K-1.
        crowd: bool, (n,); a crowd is never to be found, and forgives what is found in it.
    """

    map: Map
    ids: Labels
    classes: Labels
    crowd: Mask

    @classmethod
    def of(cls, id_map: Map, segments: Sequence[tuple[int, ...]]) -> Self:
        """From a map and its segments, each (id, class) or (id, class, crowd)."""
        rows = [(*segment, 0)[:3] for segment in segments]
        ids, classes, crowd = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        return cls(id_map, ids, classes, crowd.astype(bool))


def overlaps(truth: Segmentation, predicted: Segmentation, n_classes: int, image: str) -> Labels:
    """Pixels that each true and each predicted segment share, void first: (1 + n, 1 + m).

    Maps are mostly long runs of the same pair of ids, so pairs are looked up once for each run.

    Args:
        truth, predicted: of the same image; a true segment may have no pixel, a predicted one not.
        n_classes: K.
        image: its name, for messages.

    Raises:
        ValueError: map and segments do not agree, or the maps differ in size.
    """
    if truth.map.shape != predicted.map.shape:
        raise ValueError(
            f"{image}: the truth is {truth.map.shape}, the prediction {predicted.map.shape}; bring "
            "the prediction to the size of the image"
        )
    _check_segments(truth, n_classes, f"{image}, truth")
    _check_segments(predicted, n_classes, f"{image}, prediction")
    t, p = truth.map.ravel(), predicted.map.ravel()
    starts = np.flatnonzero((t[1:] != t[:-1]) | (p[1:] != p[:-1])) + 1
    starts = np.concatenate([[0], starts])
    rows = _positions(truth.ids, t[starts], f"{image}, truth")
    columns = _positions(predicted.ids, p[starts], f"{image}, prediction")
    width = 1 + len(predicted.ids)
    lengths = np.diff(starts, append=t.size)
    cells = np.bincount(rows * width + columns, lengths, (1 + len(truth.ids)) * width)
    shared = cells.astype(np.int64).reshape(-1, width)
    if len(empty := np.flatnonzero(shared[:, 1:].sum(0) == 0)):
        raise ValueError(
            f"{image}, prediction: segment {predicted.ids[empty[0]]} has no pixel in the map; "
            "list the segments that are there"
        )
    return shared


def _positions(ids: Labels, values: Map, where: str) -> Labels:
    """Where in (0, *ids) each value is."""
    known = np.concatenate([[VOID], ids])
    order = np.argsort(known)
    at = order[np.minimum(np.searchsorted(known, values, sorter=order), len(known) - 1)]
    if len(strange := np.unique(values[known[at] != values])):
        raise ValueError(
            f"{where}: the map has the id {strange[0]}, which is not among its segments "
            f"({len(strange)} such ids); allowed: 0 for void, and the ids of the segments"
        )
    return at


def _check_segments(of: Segmentation, n_classes: int, where: str) -> None:
    if len(set(of.ids.tolist()) | {VOID}) != len(of.ids) + 1:
        raise ValueError(f"{where}: segment ids are to differ from each other and from 0 (void)")
    wrong = np.flatnonzero((of.classes < 0) | (of.classes >= n_classes))
    if len(wrong):
        raise ValueError(
            f"{where}: segment {of.ids[wrong[0]]} is of class {of.classes[wrong[0]]}; "
            f"allowed: 0 to {n_classes - 1}"
        )
