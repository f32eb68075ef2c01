"""What a row went through while it was trained, measured against labels it never saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from zslcore.calibration.best import Floats, Labels, Mask
from zslcore.metrics.by_epoch import best_epoch, zsl_by_epoch
from zslcore.metrics.intervals import ci95
from zslcore.metrics.prior import by_class, prior_errors, total_variation, true_prior

BY_EPOCH = ("epoch", "zsl", "zsl_ci95", "prior_tv", "prior_tv_ci95")


@dataclass(frozen=True)
class Training:
    """Accuracies and priors of S seeds; an array has length 0 where nothing was kept.

    Attributes:
        epochs: those monitored, (E,).
        zsl: T1 after each of them, (E, S).
        prior: over the unseen classes, after 0, 1, .., T epochs, (T + 1, S, U).
        true: the class frequencies of the images of unseen classes, (U,).
        seen: bool, (K,).
    """

    epochs: Labels
    zsl: Floats
    prior: Floats
    true: Floats
    seen: Mask

    @classmethod
    def of(cls, history: Mapping[str, NDArray[Any]], labels: Labels, seen: Mask) -> Self:
        """Measure what was kept; `history` is described at `zslcore.data.scores.Scores`.

        Raises:
            ValueError: the prior is over another number of classes, or the answers are not what
                they should be (see `zsl_by_epoch`).
        """
        true = true_prior(labels, seen)
        zsl = np.empty((0, 1))
        if "answers" in history:
            zsl = zsl_by_epoch(history["answers"], labels, seen)
        prior = np.asarray(history.get("prior", np.empty((0, 1, len(true)))))
        if prior.shape[2] != len(true):
            raise ValueError(
                f"the prior is over {prior.shape[2]} classes; there are {len(true)} unseen ones"
            )
        return cls(np.asarray(history.get("epochs", ())), zsl, prior, true, seen)

    def measure(self) -> dict[str, float]:
        """The metrics of what was kept, by their keys, with half widths over the seeds."""
        found = best_epoch(self.zsl) if len(self.zsl) else {}
        return found | (prior_errors(self.prior[-1], self.true) if len(self.prior) else {})

    def by_epoch(self) -> list[dict[str, object]]:
        """One record per epoch of which something is known, with the columns `BY_EPOCH`.

        Means over the seeds with half widths of their intervals; None where nothing is known.
        """
        zsl = dict(zip(self.epochs.tolist(), self.zsl, strict=True))
        tv = dict(enumerate(total_variation(self.prior, self.true)))
        return [
            dict(zip(BY_EPOCH, (epoch, *_mean(zsl.get(epoch)), *_mean(tv.get(epoch))), strict=True))
            for epoch in sorted({*zsl, *tv})
        ]

    def by_class(self, class_names: Sequence[str]) -> list[dict[str, object]]:
        """One record per unseen class: its true share and the final estimate; see `prior.by_class`.

        Args:
            class_names: of all K classes.
        """
        if not len(self.prior):
            return []
        names = [class_names[c] for c in np.flatnonzero(~self.seen).tolist()]
        return by_class(self.prior[-1], self.true, names)


def _mean(of_seeds: Floats | None) -> tuple[float | None, float | None]:
    if of_seeds is None:
        return None, None
    return float(of_seeds.mean()), ci95(of_seeds.tolist())
