"""Resizing, cropping and mirroring of an image together with its masks.

Large-scale jitter is that of Ghiasi et al. 2021, https://arxiv.org/abs/2012.07177.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image

from zslcore.data.problem import Labels, Mask
from zslcore.segments.config import Augment, Size
from zslcore.segments.source import Pixels


class Change(NamedTuple):
    """What was drawn for an image.

    Attributes:
        flip: whether to mirror it.
        scale: of the image that would just fill the crop.
        down: where the crop lies, from 0 = at the top to 1 = at the bottom.
        right: likewise, from the left.
    """

    flip: bool
    scale: float
    down: float
    right: float


class Window(NamedTuple):
    """Part of a resized image: its size as a whole, and the part; pixels."""

    height: int
    width: int
    rows: range
    columns: range


def draw(rng: np.random.Generator, n: int, cfg: Augment) -> list[Change]:
    """Changes for n images."""
    flips = (rng.random(n) < 0.5 * cfg.flip).tolist()
    scales = rng.uniform(cfg.scale_min, cfg.scale_max, n).tolist()
    places = rng.random((n, 2)).tolist()
    return [Change(f, s, *place) for f, s, place in zip(flips, scales, places, strict=True)]


def augmented(pixels: Pixels, masks: Mask, change: Change, crop: int) -> tuple[Pixels, Mask]:
    """The changed image (h, w, 3) and masks (n, h, w), at most as large as the crop."""
    if crop:
        height, width = pixels.shape[:2]
        factor = change.scale * min(crop / height, crop / width)
        whole = _rounded(height * factor), _rounded(width * factor)
        rows, columns = _part(whole[0], crop, change.down), _part(whole[1], crop, change.right)
        pixels, masks = taken(pixels, masks, Window(*whole, rows, columns))
    if change.flip:
        pixels, masks = pixels[:, ::-1], masks[..., ::-1]
    return pixels, masks


def resized(pixels: Pixels, masks: Mask, size: Size) -> tuple[Pixels, Mask]:
    """The image and its masks at the size for evaluation, proportions kept."""
    height, width = pixels.shape[:2]
    if not size.short:
        return pixels, masks
    factor = size.short / min(height, width)
    if size.long:
        factor = min(factor, size.long / max(height, width))
    whole = _rounded(height * factor), _rounded(width * factor)
    return taken(pixels, masks, Window(*whole, range(whole[0]), range(whole[1])))


def taken(pixels: Pixels, masks: Mask, window: Window) -> tuple[Pixels, Mask]:
    """A part of the resized image: pixels are interpolated, masks take the nearest one."""
    height, width = pixels.shape[:2]
    down, right = height / window.height, width / window.width
    left, top = window.columns.start * right, window.rows.start * down
    # rounding must not lead outside of the image
    box = (left, top, min(window.columns.stop * right, width), min(window.rows.stop * down, height))
    size = len(window.columns), len(window.rows)
    drawn = Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, box=box)
    rows = _nearest(window.rows, down, height)
    columns = _nearest(window.columns, right, width)
    return np.asarray(drawn), masks[:, rows[:, None], columns]


def _nearest(kept: range, step: float, end: int) -> Labels:
    places = ((np.arange(kept.start, kept.stop) + 0.5) * step).astype(np.int64)
    return np.minimum(places, end - 1)


def _part(whole: int, crop: int, share: float) -> range:
    start = round(share * max(whole - crop, 0))
    return range(start, min(start + crop, whole))


def _rounded(side: float) -> int:
    return max(1, round(side))
