"""Mean intersection over union of semantic segmentation."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zslcore.calibration.best import Floats, Labels, Mask
from zslcore.metrics import groups

Map = NDArray[np.integer[Any]]
IGNORE = 255


def confusion(truth: Map, predicted: Map, n_classes: int, image: str) -> Labels:
    """Pixels of each true class (rows) by what they were predicted as, (K, K); images add up.

    Args:
        truth: class of each pixel, (H, W); pixels of 255 do not count.
        predicted: class of each pixel, (H, W).
        n_classes: K, at most 255.
        image: its name, for messages.

    Raises:
        ValueError: the sizes differ, or a map has a value that is no class.
    """
    if truth.shape != predicted.shape or n_classes > IGNORE:
        raise ValueError(
            f"{image}: truth {truth.shape}, prediction {predicted.shape}, {n_classes} classes; "
            f"allowed: maps of one size, at most {IGNORE} classes"
        )
    counts = truth != IGNORE
    t, p = truth[counts].astype(np.int64), predicted[counts].astype(np.int64)
    for name, values in (("truth", t), ("prediction", p)):
        low, high = values.min(initial=0), values.max(initial=0)
        if low < 0 or high >= n_classes:
            raise ValueError(
                f"{image}, {name}: classes run from {low} to {high}; allowed: 0 to "
                f"{n_classes - 1}, and in truth {IGNORE} for pixels that do not count"
            )
    return np.bincount(t * n_classes + p, minlength=n_classes**2).reshape(n_classes, n_classes)


def iou(confused: Labels) -> Floats:
    """Intersection over union of each class, (K,); NaN if it is neither true nor predicted."""
    right = np.diagonal(confused)
    union = confused.sum(0) + confused.sum(1) - right
    return np.divide(right, union, out=np.full(len(right), np.nan), where=union > 0)


def measure(confused: Labels, seen: Mask) -> dict[str, float]:
    """`miou.seen`, `.unseen`, `.hm`, `.all`, and the classes left out, `absent.seen`, `.unseen`.

    Args:
        confused: over all images, (K, K).
        seen: bool, (K,).

    Raises:
        ValueError: no class of a group occurs.
    """
    of = iou(confused)
    return {**groups.by_group("miou", of, seen), **groups.absent(of, seen)}
