"""Images with their segments, decoded one by one when they are asked for."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as run_lengths

from zslcore.data.panoptic.annotations import VOID, IdMap, ids_of
from zslcore.data.panoptic.unseen import IGNORE
from zslcore.data.problem import Labels, Mask

Task = Literal["panoptic", "instance", "semantic"]
T = TypeVar("T", np.int32, np.uint8)
Pixels = NDArray[np.uint8]
PIXEL_VOID = 255  # of a pixel map, whose other values are a category's id less 1
IMAGE, ID, CLASS, CROWD = range(4)  # columns of a table of segments


class Picture(NamedTuple):
    """An image's file, and its size in pixels."""

    path: Path
    height: int
    width: int

    def pixels(self) -> Pixels:
        """The image in RGB, (H, W, 3).

        Raises:
            ValueError: it cannot be read, or is of another size.
        """
        return np.asarray(_opened(self.path, self).convert("RGB"))


@dataclass(frozen=True)
class Annotated:
    """N images and their S segments; only this table of segments is held in memory.

    Attributes:
        task: panoptic = maps are PNGs of segment ids; semantic = PNGs of category ids less 1;
            instance = masks may overlap, and each is stored by itself.
        pictures: the images.
        segments: int64 (S, 4): position of the image, id in its map, class in 0..K-1, and 1 for a
            crowd, else 0; sorted by the image. What is not listed here is void.
        maps: the PNG of each image; () for instances.
        outlines: COCO's run lengths of each segment; () where there are maps.

    Raises:
        ValueError: lengths do not fit, or the table is not in order.
    """

    task: Task
    pictures: tuple[Picture, ...]
    segments: Labels
    maps: tuple[Path, ...] = ()
    outlines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n_maps, n_outlines = len(self.pictures), len(self.segments)
        expected = (0, n_outlines) if self.task == "instance" else (n_maps, 0)
        if (len(self.maps), len(self.outlines)) != expected:
            raise ValueError(
                f"{self.task}: {len(self.maps)} maps and {len(self.outlines)} outlines for "
                f"{n_maps} images with {n_outlines} segments; there are to be {expected}"
            )
        _check_table(self.segments, len(self.pictures))

    def __len__(self) -> int:
        return len(self.pictures)

    def of(self, image: int) -> Labels:
        """Id, class and crowd (1 or 0) of an image's n segments, (n, 3)."""
        return self.segments[self._rows(image), ID:]

    def map(self, image: int) -> IdMap:
        """The segment's id of each pixel, int32 (H, W), 0 where none.

        Raises:
            ValueError: the map is absent, damaged or of another size; or these are instances,
                which may overlap.
        """
        ids = self.of(image)[:, 0]
        return self._painted(image, np.append(ids, VOID).astype(np.int32))

    def labels(self, image: int) -> Pixels:
        """The class of each pixel, (H, W), 255 where it is of no segment; a crowd has its class.

        Raises:
            ValueError: as `map`; or a class is beyond 254.
        """
        classes = self.of(image)[:, 1]
        if classes.max(initial=0) >= IGNORE:
            raise ValueError(f"class {classes.max()}: label maps hold classes up to {IGNORE - 1}")
        return self._painted(image, np.append(classes, IGNORE).astype(np.uint8))

    def masks(self, image: int) -> Mask:
        """The pixels of each segment, (n, H, W), in the order of `of`.

        Raises:
            ValueError: a map is absent, damaged or of another size.
        """
        if self.task != "instance":
            return self.map(image) == self.of(image)[:, 0, None, None]
        picture = self.pictures[image]
        size = picture.height, picture.width
        rows = self._rows(image)
        drawn = [decode(outline, size) for outline in self.outlines[rows]]
        return np.stack(drawn) if drawn else np.zeros((0, *size), dtype=bool)

    def _rows(self, image: int) -> slice:
        first, last = np.searchsorted(self.segments[:, IMAGE], [image, image + 1])
        return slice(int(first), int(last))

    def _painted(self, image: int, values: NDArray[T]) -> NDArray[T]:
        """The value of each pixel's segment, (H, W); the last of the n + 1 values where none is.

        What is not listed is no segment: a map still has the pixels of what was left out. Maps are
        long runs of the same id, so ids are looked up once for each run.
        """
        if self.task == "instance":
            raise ValueError("instances may overlap, so they have no map: ask for their masks")
        ids = self.of(image)[:, 0]
        found = read_ids(self.maps[image], self.task, self.pictures[image])
        flat = found.ravel()
        starts = np.append(0, np.flatnonzero(flat[1:] != flat[:-1]) + 1)
        order = np.argsort(ids)
        at = np.searchsorted(ids[order], flat[starts])
        listed = np.append(ids[order], VOID)[at] == flat[starts]
        of_run = values[np.where(listed, np.append(order, 0)[at], len(ids))]
        return np.repeat(of_run, np.diff(starts, append=flat.size)).reshape(found.shape)


def decode(outline: str, size: tuple[int, int]) -> Mask:
    """COCO's compressed run lengths as a mask of this height and width."""
    with warnings.catch_warnings():  # pycocotools' compiled part is older than numpy 2
        warnings.simplefilter("ignore", DeprecationWarning)
        return run_lengths.decode({"size": size, "counts": outline}).astype(bool)


def read_ids(path: Path, task: Task, picture: Picture) -> IdMap:
    """The ids in a PNG, int32 (H, W), 0 for void: of segments, or of categories (semantic).

    Raises:
        ValueError: it is absent, damaged, in another mode, or of another size than its image.
    """
    png, mode = _opened(path, picture), "RGB" if task == "panoptic" else "L"
    if png.mode != mode:
        raise ValueError(f"{path}: the PNG is in mode {png.mode}; a {task} map is in {mode}")
    if task == "panoptic":
        return ids_of(np.asarray(png))
    values = np.asarray(png).astype(np.int32)
    return np.where(values == PIXEL_VOID, VOID, values + 1)


def _opened(path: Path, picture: Picture) -> Image.Image:
    try:
        with Image.open(path) as found:
            found.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"{path}: cannot be read ({error}); replace it") from error
    if found.size != (picture.width, picture.height):
        raise ValueError(
            f"{path} is {found.height} x {found.width} pixels (height x width), its image "
            f"{picture.path.name} is to have {picture.height} x {picture.width}"
        )
    return found


def _check_table(segments: NDArray[Any], n_images: int) -> None:
    if segments.ndim != 2 or segments.shape[1] != 4 or segments.dtype != np.int64:
        raise ValueError(f"segments are {segments.dtype} {segments.shape}; allowed: int64 (S, 4)")
    images = segments[:, IMAGE]
    if len(images) and (images[0] < 0 or images[-1] >= n_images or (np.diff(images) < 0).any()):
        raise ValueError(f"segments are to be sorted by their image, from 0 to {n_images - 1}")
    if len(segments) and (
        segments[:, [ID, CLASS, CROWD]].min() < 0 or segments[:, CROWD].max() > 1
    ):
        raise ValueError("segments: ids and classes are 0 or more, crowd is 0 or 1")
