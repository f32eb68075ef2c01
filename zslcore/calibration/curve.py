"""All pairs of seen and unseen accuracy that a handicap of the seen classes can reach, exactly.

Within a side the answer never changes, and an image changes sides at one gamma only: one sort of
the thresholds visits every state, without a grid. Accuracies are averaged over the classes that
have images (Xian et al. 2019, https://arxiv.org/abs/1707.00600); curve and area are those of
Chao et al. 2016, https://arxiv.org/abs/1605.04253.
"""

from dataclasses import dataclass

import numpy as np

from zslcore.calibration.best import Best, Floats, Labels, Mask
from zslcore.calibration.thresholds import Family, events, thresholds


@dataclass(frozen=True)
class Curve:
    """A staircase of E events, images changing sides, and the E + 1 states between them.

    Attributes:
        family: what gamma means (see `thresholds`).
        low, high: state k holds for low[k] < gamma < high[k], (E + 1,); the first `low` is -inf,
            the last `high` +inf. A state with low[k] = high[k], the limit of an infinite gamma,
            has an H of 0.
        seen: accuracy on images of seen classes, never rising, (E + 1,).
        unseen: accuracy on images of unseen classes, never falling, (E + 1,).
        tolerance: values of gamma nearer than this cannot be told apart.
    """

    family: Family
    low: Floats
    high: Floats
    seen: Floats
    unseen: Floats
    tolerance: float

    @property
    def h(self) -> Floats:
        """Harmonic mean of seen and unseen accuracy, (E + 1,)."""
        return harmonic(self.seen, self.unseen)

    @property
    def s_max(self) -> float:
        """Accuracy on seen classes when only they may be answered."""
        return float(self.seen[0])

    @property
    def u_max(self) -> float:
        """Accuracy on unseen classes when only they may be answered: conventional ZSL."""
        return float(self.unseen[-1])

    @property
    def ausuc(self) -> float:
        """Area under the seen-unseen accuracy curve, in [0, 1]."""
        return float(np.trapezoid(self.seen, self.unseen))

    @property
    def best_h(self) -> float:
        """The highest harmonic mean that any gamma reaches."""
        return float(self.h.max())

    def state(self, gamma: float) -> int:
        """Which state holds at this finite gamma."""
        return int(np.searchsorted(self.high, gamma))

    def points(self, limit: int) -> list[dict[str, float]]:
        """At most `limit` of the states, evenly chosen, both ends among them: for drawing only."""
        states = np.linspace(0, len(self.h) - 1, min(limit, len(self.h))).round().astype(int)
        columns = {"unseen": self.unseen, "seen": self.seen, "h": self.h}
        return [{name: float(column[k]) for name, column in columns.items()} for k in states]


def curve(best: Best, labels: Labels, seen: Mask, family: Family) -> Curve:
    """The exact seen-unseen curve of N labelled images.

    Args:
        best: of the N images.
        labels: class ids, of both sides, (N,).
        seen: bool, (K,).
        family: which handicap.

    Raises:
        ValueError: labels do not fit, a side has no image, or the family does not suit the scores.
    """
    if labels.shape != best.seen_class.shape:
        raise ValueError(f"{labels.shape} labels for the scores of {len(best.seen_class)} images")
    gamma, tolerance = thresholds(best, family)
    weight = class_weights(labels, seen)
    order = crossings(best, labels, seen, gamma)
    gamma, weight, is_seen = gamma[order], weight[order], seen[labels[order]]
    first, last = events(gamma, gamma, tolerance)
    return Curve(
        family,
        low=np.append(-np.inf, gamma[last]),
        high=np.append(gamma[first], np.inf),
        seen=np.append(np.where(is_seen, weight, 0.0)[::-1].cumsum()[::-1][first], 0.0),
        unseen=np.append(0.0, np.where(is_seen, 0.0, weight).cumsum()[last]),
        tolerance=tolerance,
    )


def harmonic(seen: Floats, unseen: Floats) -> Floats:
    """Harmonic means of accuracies, any shape; 0 where both are 0."""
    total = seen + unseen
    return np.divide(2 * seen * unseen, total, out=np.zeros_like(total), where=total > 0)


def crossings(best: Best, labels: Labels, seen: Mask, gamma: Floats) -> Labels:
    """The images that are right on their own side, by rising threshold; no other ever is right."""
    own_side = np.where(seen[labels], best.seen_class, best.unseen_class)
    right = np.flatnonzero(own_side == labels)
    return right[gamma[right].argsort(kind="stable")]


def class_weights(labels: Labels, seen: Mask) -> Floats:
    """Weights (N,) under which a sum over the images of a side is a mean over its classes.

    Raises:
        ValueError: a label is out of range, or a side has no image.
    """
    if len(labels) and not 0 <= labels.min() <= labels.max() < len(seen):
        raise ValueError(
            f"labels run from {labels.min()} to {labels.max()}; allowed: 0 to {len(seen) - 1}"
        )
    count = np.bincount(labels, minlength=len(seen))
    n_seen, n_unseen = (count[seen] > 0).sum(), (count[~seen] > 0).sum()
    if not n_seen or not n_unseen:
        raise ValueError(
            f"images of {n_seen} seen and {n_unseen} unseen classes: both accuracies are needed"
        )
    return 1.0 / (np.where(seen, n_seen, n_unseen) * count.clip(1))[labels]
