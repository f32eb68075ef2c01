"""What a classifier answers to labelled and to unlabelled images, in shares."""

from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np

from zslcore.priors.checks import (
    Floats,
    Labels,
    Scores,
    require_classes,
    require_every_class,
    require_probabilities,
)

Kind = Literal["hard", "soft"]


@dataclass(frozen=True)
class Confusion:
    """How a classifier answers, on images whose classes are known and on others.

    Attributes:
        joint: share of the labelled images with answer i (row) and true class j (column), (U, U);
            sums to 1.
        answered: share of each answer on the unlabelled images, (U,); sums to 1.
        images: how many labelled or unlabelled images there are, whichever are fewer.

    Raises:
        ValueError: the shapes do not fit, there is no image, an array is no distribution, or a
            class has no labelled image.
    """

    joint: Floats
    answered: Floats
    images: int

    def __post_init__(self) -> None:
        if self.answered.ndim != 1 or self.joint.shape != 2 * self.answered.shape:
            raise ValueError(
                f"joint must be (U, U) and answered (U,), are {self.joint.shape} and "
                f"{self.answered.shape}"
            )
        if self.images < 1:
            raise ValueError(f"images must be at least 1, is {self.images}")
        require_probabilities(self.joint.reshape(1, -1), "the joint confusion")
        require_probabilities(self.answered.reshape(1, -1), "the answers to unlabelled images")
        require_every_class(self.source, "labelled image")

    @property
    def source(self) -> Floats:
        """The prior of the labelled images, (U,)."""
        return self.joint.sum(axis=0)

    @classmethod
    def of(cls, labelled: Scores, truth: Labels, unlabelled: Scores, kind: Kind) -> Self:
        """Count answers.

        Args:
            labelled: the classifier's probabilities for images it was not trained on, (N, U).
            truth: their classes, (N,).
            unlabelled: its probabilities for the images whose prior is asked for, (M, U).
            kind: "hard" counts the likeliest class of each image, "soft" adds probabilities.

        Raises:
            ValueError: shapes do not fit, a row is no distribution, a class is out of range or
                has no labelled image, or the kind is unknown.
        """
        require_probabilities(labelled, "labelled")
        require_probabilities(unlabelled, "unlabelled")
        n, n_classes = labelled.shape
        if unlabelled.shape[1] != n_classes or truth.shape != (n,):
            raise ValueError(
                f"labelled (N, U), truth (N,) and unlabelled (M, U) must fit, are "
                f"{labelled.shape}, {truth.shape} and {unlabelled.shape}"
            )
        require_classes(truth, n_classes, "truth")
        joint = _given(labelled, kind).T @ np.eye(n_classes)[truth] / n
        answered = _given(unlabelled, kind).mean(axis=0)
        return cls(joint, answered, min(n, len(unlabelled)))


def _given(probabilities: Scores, kind: Kind) -> Floats:
    """How much of each image goes to each answer, (N, U)."""
    if kind == "hard":
        return np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]
    if kind == "soft":
        return probabilities.astype(np.float64)
    raise ValueError(f"unknown kind of answers {kind!r}; allowed: {', '.join(get_args(Kind))}")
