"""Zero-shot accuracy while a model is trained.

Measured after training, from answers that were kept: no label is near while a model learns.
"""

import numpy as np

from zslcore.calibration.best import Floats, Labels, Mask
from zslcore.metrics.accuracy import class_mean, per_class
from zslcore.metrics.intervals import ci95
from zslcore.metrics.names import BEST_EPOCH, half_width


def zsl_by_epoch(answers: Labels, labels: Labels, seen: Mask) -> Floats:
    """T1 after each epoch and of each seed, (E, S).

    Args:
        answers: class ids of unseen classes, (E, S, N).
        labels: (N,).
        seen: bool, (K,).

    Raises:
        ValueError: the answers are not for these images, or an answer is a seen class.
    """
    if answers.shape[2:] != labels.shape:
        raise ValueError(f"answers {answers.shape} are not for {len(labels)} images")
    of_unseen = ~seen[labels]
    kept, labels = np.asarray(answers[:, :, of_unseen]), labels[of_unseen]
    if seen[kept].any():
        raise ValueError("an answer kept while training is a seen class; allowed: unseen classes")
    return np.array(
        [
            [class_mean(per_class(answer, labels, len(seen))[~seen]) for answer in of_seeds]
            for of_seeds in kept
        ]
    )


def best_epoch(zsl: Floats) -> dict[str, float]:
    """T1 of each seed's best epoch on test: what the field often prints, and not a valid result.

    Args:
        zsl: (E, S).
    """
    best = zsl.max(axis=0)
    return {BEST_EPOCH: float(best.mean()), half_width(BEST_EPOCH): ci95(best.tolist())}
