"""Zero-shot and generalised zero-shot accuracy by plain argmax.

Accuracies are in [0, 1] and averaged over the classes that have images, so that large classes do
not count for more (Xian et al. 2019, https://arxiv.org/abs/1707.00600).

Everywhere: scores (N, K), higher is likelier; labels (N,), class ids in 0..K-1; seen (K,), bool.
"""

from typing import NamedTuple

import numpy as np

from zslcore.calibration.best import Floats, Labels, Mask, Scores


class GZSL(NamedTuple):
    """Accuracy on images of seen and of unseen classes when every class may be answered."""

    seen: float
    unseen: float

    @property
    def h(self) -> float:
        """Harmonic mean of the two; 0 when both are 0."""
        total = self.seen + self.unseen
        return 2 * self.seen * self.unseen / total if total else 0.0


def zsl(scores: Scores, labels: Labels, seen: Mask) -> float:
    """Accuracy on images of unseen classes when only unseen classes may be answered.

    Raises:
        ValueError: no image is of an unseen class.
    """
    answers = np.where(seen, -np.inf, scores).argmax(axis=1)
    return class_mean(per_class(answers, labels, len(seen))[~seen])


def gzsl(scores: Scores, labels: Labels, seen: Mask) -> GZSL:
    """Accuracies on either side when every class may be answered.

    Raises:
        ValueError: a side has no image.
    """
    return seen_unseen(scores.argmax(axis=1), labels, seen)


def seen_unseen(answers: Labels, labels: Labels, seen: Mask) -> GZSL:
    """Accuracies of answers (N,) on either side.

    Raises:
        ValueError: a side has no image.
    """
    accuracy = per_class(answers, labels, len(seen))
    return GZSL(class_mean(accuracy[seen]), class_mean(accuracy[~seen]))


def overall(answers: Labels, labels: Labels) -> float:
    """Share of the images that are answered right: large classes count for more."""
    return float(np.mean(answers == labels))


def per_class(answers: Labels, labels: Labels, n_classes: int) -> Floats:
    """Accuracy within each class, (K,); NaN for a class without an image."""
    count = np.bincount(labels, minlength=n_classes)
    right = np.bincount(labels[answers == labels], minlength=n_classes)
    return np.divide(right, count, out=np.full(n_classes, np.nan), where=count > 0)


def class_mean(accuracy: Floats) -> float:
    """Mean over the classes that have images, of an accuracy per class (K,).

    Raises:
        ValueError: none has.
    """
    occurring = accuracy[~np.isnan(accuracy)]
    if not len(occurring):
        raise ValueError("there is no image of these classes, so they have no accuracy")
    return float(occurring.mean())
