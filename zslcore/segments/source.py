"""What the segmenter is given: images and their segments, one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from zslcore.data.annotated import Picture
from zslcore.data.problem import Labels, Mask
from zslcore.data.segmentation import SegmentationProblem

Pixels = NDArray[np.uint8]
Listed = Sequence[tuple[int, int, bool]]
"""Segments of a map: id, class, whether it is a crowd."""
VOID = 0


class Images(Protocol):
    """N images in RGB."""

    def __len__(self) -> int: ...

    def __getitem__(self, image: int, /) -> Pixels:
        """uint8 (H, W, 3)."""


class Segments(NamedTuple):
    """Those of an image: masks, bool (n, H, W); their classes in 0..K-1, (n,); crowds, bool (n,).

    A pixel may be in several masks, or in none.
    """

    masks: Mask
    classes: Labels
    crowds: Mask


@dataclass(frozen=True)
class Training:
    """Images to train on.

    Attributes:
        images: N of them.
        segments: of the image at a position.
        seen: True for the classes that training may see, bool, (K,).
        class_names: K names.
    """

    images: Images
    segments: Callable[[int], Segments]
    seen: Mask
    class_names: Sequence[str]


@dataclass(frozen=True)
class Pictures:
    """The images of a dataset, decoded when they are asked for."""

    of: Sequence[Picture]

    def __len__(self) -> int:
        return len(self.of)

    def __getitem__(self, image: int, /) -> Pixels:
        """uint8 (H, W, 3).

        Raises:
            ValueError: it cannot be read.
        """
        return self.of[image].pixels()


def of_problem(problem: SegmentationProblem) -> Training:
    """The training images of a problem, and their segments, decoded when they are asked for."""
    annotated = problem.training

    def segments(image: int) -> Segments:
        _, classes, crowds = annotated.of(image).T
        return Segments(annotated.masks(image), classes, crowds > 0)

    return Training(Pictures(annotated.pictures), segments, problem.seen, problem.class_names)


def of_map(ids: NDArray[np.int32], listed: Listed) -> Segments:
    """The segments in a map of ids, (H, W), 0 where there is none.

    Raises:
        ValueError: the map has an id that is not listed: its pixels could be of any class.
    """
    table = np.array([tuple(map(int, each)) for each in listed], np.int64).reshape(-1, 3)
    strange = np.setdiff1d(ids, [VOID, *table[:, 0]])
    if len(strange):
        raise ValueError(
            f"the map has pixels of segment {strange[0]}, which is not listed "
            f"({len(strange)} such ids); allowed: {VOID} for void, and {table[:, 0].tolist()}"
        )
    return Segments(ids == table[:, 0, None, None], table[:, 1], table[:, 2] > 0)
