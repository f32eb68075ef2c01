"""What the estimators of this package ask of their inputs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Scores = NDArray[Any]

ROUNDING = 1e-3  # how far from 1 a row of probabilities may sum: float16 softmax stays within


def require_classes(labels: Labels, n_classes: int, name: str) -> None:
    """There is a class id in 0..U-1 for every image, and there are images.

    Raises:
        ValueError: otherwise.
    """
    if labels.ndim != 1 or labels.dtype.kind != "i" or not len(labels):
        raise ValueError(
            f"{name} must be signed integers (N,), N > 0, are {labels.dtype} {labels.shape}"
        )
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= n_classes:
        wrong = low if low < 0 else high
        raise ValueError(f"{name} contains class {wrong}, allowed are 0 to {n_classes - 1}")


def require_finite(values: Scores, name: str) -> None:
    """No value is NaN or infinite.

    Raises:
        ValueError: one is.
    """
    if not (np.isfinite(values.min()) and np.isfinite(values.max())):  # either is NaN if any is
        bad = np.argwhere(~np.isfinite(values))
        raise ValueError(f"{name} has {len(bad)} values that are not finite, first at {bad[0]}")


def require_matrix(values: Scores, name: str) -> None:
    """One row per image and one column per class, at least one of each, all finite.

    Raises:
        ValueError: otherwise.
    """
    if values.ndim != 2 or not values.size:
        raise ValueError(f"{name} must be (N, U), one row per image, is {values.shape}")
    require_finite(values, name)


def require_probabilities(values: Scores, name: str) -> None:
    """Every row of a matrix (N, U) is a distribution.

    Raises:
        ValueError: otherwise.
    """
    require_matrix(values, name)
    total = values.sum(axis=1, dtype=np.float64)
    wrong = (values.min(axis=1) < 0) | (abs(total - 1) > ROUNDING)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"row {row} of {name} is no distribution: minimum {values[row].min():.6g}, sum "
            f"{total[row]:.6g}; pass probabilities (after softmax), not scores"
        )


def require_every_class(per_class: Scores, name: str) -> None:
    """Every class has a share (U,) in labelled data.

    Raises:
        ValueError: it names the classes that have none.
    """
    if not (per_class > 0).all():
        raise ValueError(f"classes {np.flatnonzero(~(per_class > 0)).tolist()} have no {name}")
