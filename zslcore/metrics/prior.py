"""How far an estimated class prior of the unseen classes is from the truth.

Priors are over the U unseen classes, in the order of their ids, and sum to 1. The truth is the
class frequencies of the evaluation images of unseen classes.
"""

from collections.abc import Sequence

import numpy as np

from zslcore.calibration.best import Floats, Labels, Mask
from zslcore.metrics.intervals import ci95
from zslcore.metrics.names import half_width

BY_CLASS = ("class", "true", "estimated", "low", "high")


def true_prior(labels: Labels, seen: Mask) -> Floats:
    """The share of each unseen class among the images of unseen classes, (U,).

    Args:
        labels: class ids of evaluation images, (N,); those of seen classes do not count.
        seen: bool, (K,).

    Raises:
        ValueError: no image is of an unseen class.
    """
    count = np.bincount(labels, minlength=len(seen))[~seen]
    if not count.sum():
        raise ValueError("there is no image of an unseen class, so these have no frequencies")
    return count / count.sum()


def total_variation(prior: Floats, other: Floats) -> Floats:
    """Half the sum of the absolute differences over the last axis, in [0, 1].

    It is the share of the images that would have to be of another class.
    """
    return np.abs(prior - other).sum(axis=-1) / 2


def prior_errors(estimated: Floats, true: Floats) -> dict[str, float]:
    """Total variation to the truth: of the estimate, mean over seeds, and of the uniform prior.

    Args:
        estimated: the final prior of each seed, (S, U).
        true: (U,).
    """
    tv = total_variation(estimated, true)
    uniform = total_variation(np.full(len(true), 1 / len(true)), true)
    return {
        "prior.tv": float(tv.mean()),
        half_width("prior.tv"): ci95(tv.tolist()),
        "prior.tv_uniform": float(uniform),
    }


def by_class(
    estimated: Floats, true: Floats, class_names: Sequence[str]
) -> list[dict[str, object]]:
    """One record per unseen class with the columns `BY_CLASS`.

    `estimated` is the mean over the seeds, `low` and `high` are the least and most of any seed.

    Args:
        estimated: the final prior of each seed, (S, U).
        true: (U,).
        class_names: of the U unseen classes.
    """
    columns = (true, estimated.mean(axis=0), estimated.min(axis=0), estimated.max(axis=0))
    return [
        dict(zip(BY_CLASS, line, strict=True))
        for line in zip(class_names, *(column.tolist() for column in columns), strict=True)
    ]
