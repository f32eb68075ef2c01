"""How an image becomes the input of a backbone: timm's evaluation transform, with its settings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from timm.data.transforms_factory import create_transform
from torch import Tensor

from zslcore.data.problem import Array, Labels
from zslcore.features.images import Images


@dataclass(frozen=True)
class Preprocess:
    """The model's own data config, or what replaces it.

    Attributes:
        size: height and width of the input, pixels.
        interpolation: of the resizing.
        crop_pct: side of the crop as a share of the resized image's.
        crop_mode: timm's rule for images that are not square.
        mean: of the channels, in 0..1.
        std: of the channels.
    """

    size: tuple[int, int]
    interpolation: str
    crop_pct: float
    crop_mode: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def __call__(self, images: Images, rows: Labels) -> Tensor:
        """The inputs of these rows, (B, 3, height, width)."""
        if images.array is not None and self._keeps(images.array):
            return self._normalised(images.array[rows])
        return torch.stack([self._transform(images.open(row)) for row in rows.tolist()])

    @cached_property
    def _transform(self) -> Any:
        return create_transform(
            input_size=(3, *self.size),
            interpolation=self.interpolation,
            crop_pct=self.crop_pct,
            crop_mode=self.crop_mode,
            mean=self.mean,
            std=self.std,
        )

    def _keeps(self, array: Array) -> bool:
        """Whether resizing and cropping would leave these images as they are."""
        resized = tuple(math.floor(side / self.crop_pct) for side in self.size)
        return array.shape[1:3] == self.size == resized

    def _normalised(self, pixels: Array) -> Tensor:
        """(B, height, width, 3) -> (B, 3, height, width), as the transform would, but at once."""
        x = torch.as_tensor(pixels).permute(0, 3, 1, 2).to(torch.get_default_dtype())
        return x.div_(255).sub_(_channels(self.mean)).div_(_channels(self.std))


def _channels(values: Sequence[float]) -> Tensor:
    return torch.tensor(values)[:, None, None]
