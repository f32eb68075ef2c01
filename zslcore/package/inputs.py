"""What is to be labelled: images, through the backbone as in training, or rows of features."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Array
from zslcore.features.backbone import Backbone
from zslcore.features.images import Images
from zslcore.features.preprocess import Preprocess
from zslcore.package.manifest import Shapes, Takes


class Block(NamedTuple):
    """Some images.

    Attributes:
        names: of those that could be read.
        x: what the method takes of them, float32 (N, D) or float16 (N, R, C).
        unread: what is wrong with each of the others.
    """

    names: list[str]
    x: Array
    unread: list[str]


@dataclass(frozen=True)
class Extractor:
    """A backbone on its device, as `zslcore.features.extract` used it."""

    backbone: Backbone
    takes: Takes
    device: torch.device

    def __post_init__(self) -> None:
        self.backbone.model.to(self.device, memory_format=torch.channels_last)

    def blocks(self, paths: Sequence[Path], size: int) -> Iterator[Block]:
        """Features of images, `size` at a time, rounded to float16 as those on disk were.

        Raises:
            ValueError: a file does not exist, or the features of an image are not finite.
        """
        for start in range(0, len(paths), size):
            some = paths[start : start + size]
            names, pixels, unread = _read(some, self.backbone.preprocess)
            x = self._features(torch.cat(pixels)) if pixels else np.zeros((0, 1), np.float32)
            _check_finite(x, names)
            yield Block(names, x, unread)

    @torch.inference_mode()
    def _features(self, pixels: Tensor) -> Array:
        pooled, *maps = self.backbone(pixels.to(self.device, memory_format=torch.channels_last))
        x: Array = (maps[0] if self.takes == "regions" else pooled).half().cpu().numpy()
        return x if self.takes == "regions" else x.astype(np.float32)


def feature_blocks(path: Path, takes: Takes, shapes: Shapes, size: int) -> Iterator[Block]:
    """Rows of a .npy file of features, `size` at a time, named FILE[row].

    Args:
        path: pooled features (N, D) or region maps (N, R, C), floats.
        takes: which of them.
        shapes: of one image in training.
        size: rows of a block.

    Raises:
        ValueError: it is no such file, has other shapes, or a number is not finite.
    """
    try:
        held = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"--features: {path} cannot be read as a .npy file ({error})") from error
    wanted = shapes.pooled if takes == "pooled" else shapes.regions
    is_array = isinstance(held, np.ndarray) and np.issubdtype(held.dtype, np.floating)
    if not is_array or held.shape[1:] != wanted or not len(held):
        is_there = f"{held.dtype} {held.shape}" if isinstance(held, np.ndarray) else "no array"
        raise ValueError(
            f"--features: {path} holds {is_there}; allowed: floats (N, "
            f"{', '.join(map(str, wanted or ()))}), {takes} features of the images"
        )
    kind = np.float32 if takes == "pooled" else np.float16
    for start in range(0, len(held), size):
        x = np.array(held[start : start + size], kind)
        names = [f"{path}[{start + row}]" for row in range(len(x))]
        _check_finite(x, names)
        yield Block(names, x, [])


def _read(
    paths: Sequence[Path], preprocess: Preprocess
) -> tuple[list[str], list[Tensor], list[str]]:
    images = Images(paths)
    names, pixels, unread = [], [], []
    for row, path in enumerate(paths):
        try:
            pixels.append(preprocess(images, np.array([row])))
            names.append(str(path))
        except ValueError as error:
            reason = error.__cause__ or error
            unread.append(f"{path} is no image that can be read ({reason})")
    return names, pixels, unread


def _check_finite(x: Array, names: Sequence[str]) -> None:
    finite = np.isfinite(x).all(axis=tuple(range(1, x.ndim)))
    if not finite.all():
        raise ValueError(f"{names[int(finite.argmin())]}: its features are not finite in float16")
