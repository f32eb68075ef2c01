"""Values of each class as means of the seen, of the unseen and of all classes.

A class that does not occur has the value NaN: it is left out of every mean, and counted.
"""

import numpy as np

from zslcore.calibration.best import Floats, Mask
from zslcore.metrics.accuracy import GZSL


def by_group(name: str, values: Floats, seen: Mask) -> dict[str, float]:
    """`<name>.seen`, `.unseen`, `.hm` (the harmonic mean of these two) and `.all`.

    Args:
        name: of the metric.
        values: of each class, (K,); NaN for those left out.
        seen: bool, (K,).

    Raises:
        ValueError: no class of a group occurs.
    """
    two = GZSL(_mean(name, "seen", values[seen]), _mean(name, "unseen", values[~seen]))
    return {
        f"{name}.seen": two.seen,
        f"{name}.unseen": two.unseen,
        f"{name}.hm": two.h,
        f"{name}.all": float(np.nanmean(values)),
    }


def absent(values: Floats, seen: Mask) -> dict[str, float]:
    """How many classes were left out: `absent.seen` and `absent.unseen`."""
    return count("absent", np.isnan(values), seen)


def count(name: str, which: Mask, seen: Mask) -> dict[str, float]:
    """How many of these classes (K,) are seen and unseen: `<name>.seen` and `<name>.unseen`."""
    return {
        f"{name}.seen": int((which & seen).sum()),
        f"{name}.unseen": int((which & ~seen).sum()),
    }


def _mean(name: str, group: str, values: Floats) -> float:
    if np.isnan(values).all():
        raise ValueError(
            f"{name} of the {group} classes: none of these {len(values)} occurs in the images that "
            "are evaluated; evaluate more images, or a split whose classes occur in them"
        )
    return float(np.nanmean(values))
