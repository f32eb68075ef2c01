"""What zero-shot segmentation is: what training may see, and what it may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zslcore.data.annotated import CLASS, Annotated, Picture
from zslcore.data.panoptic.splits import Split
from zslcore.data.problem import Array, Labels, Mask, check_finite


@dataclass(frozen=True)
class SegmentationProblem:
    """Training images with segments of seen classes, and what is known of all classes.

    Class ids run 0..K-1. It has no place for the truth of an evaluation image.

    Attributes:
        training: images and their segments, all of seen classes.
        evaluation: the images that are to be segmented, in the order of the truth.
        class_names: K names.
        things: True for countable classes, bool, (K,).
        seen: True for the classes that training may see, bool, (K,).
        class_vectors: what describes each class, float32, (K, A).
        attribute_names: A names, or () where the class vectors are not made of attributes.

    Raises:
        ValueError: shapes do not fit, a training segment is of an unseen class, or a class vector
            is 0 or not finite.
    """

    training: Annotated
    evaluation: tuple[Picture, ...]
    class_names: Sequence[str]
    things: Mask
    seen: Mask
    class_vectors: Array
    attribute_names: Sequence[str] = ()

    def __post_init__(self) -> None:
        check_classes(self.class_names, self.things, self.seen)
        check_vectors(self.class_vectors, self.class_names)
        count = _per_class(self.training.segments[:, CLASS], self.class_names)
        if leaks := np.flatnonzero((count > 0) & ~self.seen).tolist():
            found = ", ".join(f"{self.class_names[c]} ({count[c]})" for c in leaks)
            raise ValueError(
                f"training segments of unseen classes: {found}; leave out the images that show "
                "them, or ignore their pixels"
            )


@dataclass(frozen=True)
class SegmentationTruth:
    """What only evaluation may read.

    Attributes:
        evaluation: images and their segments, of seen and unseen classes.
        class_names: K names.
        things: True for countable classes, bool, (K,).
        seen: which classes are seen ones, bool, (K,).

    Raises:
        ValueError: shapes do not fit.
    """

    evaluation: Annotated
    class_names: Sequence[str]
    things: Mask
    seen: Mask

    def __post_init__(self) -> None:
        check_classes(self.class_names, self.things, self.seen)
        _per_class(self.evaluation.segments[:, CLASS], self.class_names)


@dataclass(frozen=True)
class SegmentationDataset:
    """Everything that a source gives; only `prepare_segmentation` sees it.

    Attributes:
        name: the dataset's key in params.yaml.
        split: its classes.
        training: what may be trained on.
        evaluation: images with the truth.
        class_vectors: float32, (K, A).
        attribute_names: A names, or ().
        dropped: what became of the training images, as JSON values.
        provenance: files, their sha256, split and settings; JSON values.
        notes: sentences for the data card.
    """

    name: str
    split: Split
    training: Annotated
    evaluation: Annotated
    class_vectors: Array
    attribute_names: Sequence[str]
    dropped: Mapping[str, int]
    provenance: Mapping[str, Any]
    notes: Sequence[str] = ()


def check_classes(names: Sequence[str], things: Mask, seen: Mask) -> None:
    """Masks over K classes with different names, some seen and some unseen.

    Raises:
        ValueError: they are not.
    """
    for name, mask in (("things", things), ("seen", seen)):
        if mask.shape != (len(names),) or mask.dtype != np.bool_:
            raise ValueError(
                f"{name} is to be a bool mask over {len(names)} classes, is {mask.shape}"
            )
    if len(set(names)) < len(names):
        raise ValueError(f"{len(names)} class names, {len(set(names))} of them distinct")
    if not seen.any() or seen.all():
        raise ValueError(f"{seen.sum()} of {len(seen)} classes are seen; some are to be, not all")


def check_vectors(vectors: Array, names: Sequence[str]) -> None:
    """A finite vector that is not 0 for each class.

    Raises:
        ValueError: naming the classes.
    """
    if vectors.ndim != 2 or len(vectors) != len(names):
        raise ValueError(f"class vectors have shape {vectors.shape} for {len(names)} classes")
    check_finite("class_vectors", vectors)
    if empty := [names[c] for c in np.flatnonzero(~vectors.any(axis=1)).tolist()]:
        raise ValueError(f"class vectors that are all 0: {', '.join(empty)}; give them a direction")


def _per_class(classes: Labels, names: Sequence[str]) -> Labels:
    if len(classes) and classes.max() >= len(names):
        raise ValueError(f"a segment is of class {classes.max()}; allowed: 0 to {len(names) - 1}")
    return np.bincount(classes, minlength=len(names))
