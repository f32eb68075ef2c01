"""What becomes of unseen classes in training images: each task's rule, and a check of the outcome.

Panoptic and instance segmentation leave an image out if any of its segments is of an unseen class,
crowds included (PADing, He et al. 2023, Section 4.1). Semantic segmentation keeps all images and
ignores the unseen classes' pixels, as ZegFormer's protocol does.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zslcore.data.panoptic.annotations import Annotation
from zslcore.data.panoptic.splits import Split

IGNORE = 255
LabelMap = NDArray[np.integer[Any]]


class Counts(NamedTuple):
    """What became of the images, to be printed.

    Attributes:
        images: before.
        with_unseen: left out, since a segment is of an unseen class.
        empty: left out, since no segment is of a class.
        kept: the rest.
        absent: segments left out of the kept images, since their category is no class.
    """

    images: int
    with_unseen: int
    empty: int
    kept: int
    absent: int

    def __str__(self) -> str:
        return (
            f"{self.images} images: {self.kept} kept, {self.with_unseen} left out for an unseen "
            f"class, {self.empty} without a segment of any class; {self.absent} segments of "
            "categories outside the split left out"
        )


class Training(NamedTuple):
    """The images that may be trained on, and what became of all."""

    annotations: tuple[Annotation, ...]
    counts: Counts


def drop_unseen(annotations: Iterable[Annotation], split: Split) -> Training:
    """The images without any segment of an unseen class; of these the segments of seen classes.

    Raises:
        ValueError: a segment is of a category that is neither a class of the split nor absent.
    """
    seen = {each.id for each, is_seen in zip(split.categories, split.seen, strict=True) if is_seen}
    unseen = {each.id for each in split.categories} - seen
    kept: list[Annotation] = []
    n_images = n_unseen = n_absent = 0
    for annotation in annotations:
        _check_known(annotation, split)
        n_images += 1
        if any(segment.category in unseen for segment in annotation.segments):
            n_unseen += 1
            continue
        segments = tuple(each for each in annotation.segments if each.category in seen)
        if segments:
            kept.append(annotation._replace(segments=segments))
            n_absent += len(annotation.segments) - len(segments)
    empty = n_images - n_unseen - len(kept)
    return Training(tuple(kept), Counts(n_images, n_unseen, empty, len(kept), n_absent))


def ignore_unseen(labels: LabelMap, split: Split) -> tuple[NDArray[np.uint8], int]:
    """Class of each pixel (H, W) with 255 where it was unseen, and how many pixels that concerns.

    Args:
        labels: classes 0..K-1, or 255 for pixels that are ignored already.
        split: of the classes, at most 255.

    Raises:
        ValueError: a label is none of these.
    """
    _check_labels(labels, split, "labels")
    hidden = np.zeros(IGNORE + 1, dtype=bool)
    hidden[: len(split.seen)] = ~split.seen
    unseen = hidden[labels]
    return np.where(unseen, IGNORE, labels).astype(np.uint8), int(np.count_nonzero(unseen))


def check_no_unseen(labels: LabelMap, split: Split, image: str) -> None:
    """Hold what a loss is about to be computed from to the seen classes.

    Args:
        labels: classes of an image's pixels or of its segments, in any shape; 255 is ignored.
        split: of the classes, at most 255.
        image: its name.

    Raises:
        ValueError: one is unseen, or no class at all.
    """
    _check_labels(labels, split, image)
    found = np.bincount(labels.ravel(), minlength=IGNORE + 1)[: len(split.seen)]
    if len(unseen := np.flatnonzero((found > 0) & ~split.seen)):
        told = ", ".join(f"{split.names[k]} ({found[k]})" for k in unseen)
        raise ValueError(
            f"{image}: labels of unseen classes would reach the loss: {told}; leave the image out "
            f"of training, or set its unseen pixels to {IGNORE}"
        )


def _check_known(annotation: Annotation, split: Split) -> None:
    of = [each.category for each in annotation.segments if each.category not in split.absent]
    split.classes(of, f"image {annotation.image.id} ({annotation.image.file})")


def _check_labels(labels: LabelMap, split: Split, where: str) -> None:
    n_classes = len(split.seen)
    if n_classes > IGNORE:
        raise ValueError(f"{where}: {n_classes} classes; {IGNORE} stands for ignored pixels")
    wrong = labels[(labels < 0) | ((labels >= n_classes) & (labels != IGNORE))]
    if wrong.size:
        raise ValueError(
            f"{where}: label {wrong.flat[0]} ({wrong.size} such); allowed: 0 to {n_classes - 1}, "
            f"and {IGNORE} for what is ignored"
        )
