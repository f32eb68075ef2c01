"""What a COCO panoptic file says: images, categories, and the segments of each image.

Format: https://cocodataset.org/#format-data, section 4. Annotations are JSON; which pixel belongs
to which segment is in a PNG for each image.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IdMap = NDArray[np.int32]
VOID = 0
LAST = 256**3 - 1  # the largest id that the three bytes of a pixel hold


class Category(NamedTuple):
    """A category of the file: `id` is COCO's number; things are countable, stuff is not."""

    id: int
    name: str
    thing: bool


class Image(NamedTuple):
    """An image of the file; `file` is relative to the folder of images."""

    id: int
    file: str
    height: int
    width: int


class Segment(NamedTuple):
    """A segment of an image: its id in the PNG, its category's id, whether it is a crowd."""

    id: int
    category: int
    crowd: bool


class Annotation(NamedTuple):
    """An image's segments; `file` is that of the PNG, relative to the folder of PNGs."""

    image: Image
    file: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Panoptic:
    """A whole file.

    Attributes:
        categories: in the file's order.
        annotations: one of each image, in the order of the images.
    """

    categories: tuple[Category, ...]
    annotations: tuple[Annotation, ...]


def ids_of(pixels: NDArray[np.uint8]) -> IdMap:
    """Segment ids (H, W) of the pixels (H, W, 3) of a PNG: R + 256 G + 65536 B."""
    wide = pixels.astype(np.int32)
    return wide[..., 0] + 256 * wide[..., 1] + 65536 * wide[..., 2]


def pixels_of(ids: IdMap) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) that stand for segment ids (H, W), each in 0..LAST."""
    return np.stack([ids & 255, ids >> 8 & 255, ids >> 16 & 255], axis=-1).astype(np.uint8)


def present(ids: IdMap) -> NDArray[np.int32]:
    """The ids that occur in a map, ascending, void left out."""
    flat = ids.ravel()
    starts = np.flatnonzero(flat[1:] != flat[:-1]) + 1  # of runs: few, so sorting costs little
    found = np.unique(np.concatenate([flat[:1], flat[starts]]))
    return found[found != VOID]
