"""Images as squares of uint8, and crops of them cut out when they are asked for.

Ten crops of an image as float32 files would take forty times the room.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from zslcore.data.problem import Array, Labels
from zslcore.features.images import Images
from zslcore.methods.spaen.config import Crops

Windows = Labels
"""Crops (V, 3): top, left, and 1 where the crop is mirrored."""


def write_squares(images: Images, side: int, path: Path) -> None:
    """Write uint8 (N, side, side, 3) as .npy: shorter side to `side`, then the central square.

    Raises:
        ValueError: an image cannot be read.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    held = np.lib.format.open_memmap(part, "w+", np.uint8, (len(images), side, side, 3))
    for row in range(len(images)):
        held[row] = square(images.open(row), side)
    held.flush()
    part.replace(path)


def square(image: Image.Image, side: int) -> Array:
    """uint8 (side, side, 3); an image of just that size stays as it is."""
    scale = side / min(image.size)
    width, height = (max(side, round(length * scale)) for length in image.size)
    if (width, height) != image.size:
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = (width - side) // 2, (height - side) // 2
    return np.asarray(image)[top : top + side, left : left + side]


def views(cfg: Crops) -> Windows:
    """The fixed crops: the centre, or the corners and the centre, each also mirrored.

    Training on random crops has none of its own; where something is to be kept of each of an
    image's crops, the ten stand for them.
    """
    free = cfg.resize - cfg.size
    middle = [free // 2, free // 2]
    if cfg.train == "centre":
        return np.array([[*middle, 0]])
    corners = [[0, 0], [0, free], [free, 0], [free, free], middle]
    return np.array([[*corner, flip] for flip in (0, 1) for corner in corners])


def random_windows(images: int, cfg: Crops, rng: np.random.Generator) -> Windows:
    """One crop anywhere for each image, half of them mirrored, (B, 3)."""
    free = cfg.resize - cfg.size
    return rng.integers(0, [free + 1, free + 1, 2], (images, 3))


def cut(pixels: Tensor, windows: Tensor, size: int) -> Tensor:
    """uint8 (B, S, S, 3), one window each -> uint8 (B, size, size, 3)."""
    along = torch.arange(size, device=pixels.device)
    rows = windows[:, :1] + along
    columns = windows[:, 1:2] + torch.where(windows[:, 2:] > 0, size - 1 - along, along)
    image = torch.arange(len(pixels), device=pixels.device)[:, None, None]
    return pixels[image, rows[:, :, None], columns[:, None, :]]


def scaled(pixels: Tensor) -> Tensor:
    """uint8 (B, s, s, 3) -> (B, 3, s, s) in [-1, 1]."""
    return pixels.permute(0, 3, 1, 2).to(torch.get_default_dtype()).div_(127.5).sub_(1)


def whole(pixels: Tensor, size: int) -> Tensor:
    """What a test image is looked at as: all of its square, (B, S, S, 3) -> (B, 3, size, size)."""
    x = scaled(pixels)
    if x.shape[-1] == size:
        return x
    return interpolate(x, (size, size), mode="bilinear", antialias=True).clamp_(-1, 1)


def centre(images: Tensor, size: int) -> Tensor:
    """The middle of images (B, 3, G, G), (B, 3, size, size)."""
    begin = (images.shape[-1] - size) // 2
    return images[..., begin : begin + size, begin : begin + size]
