"""An image with its segments painted over it, each with its class's name."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt

from zslcore.segments.merge import Panoptic
from zslcore.segments.source import Pixels

SHARE = 0.5  # of the colour in a segment
WIDE = 480  # pixels of the longer side: names need room
TEXT, EDGE = 14, 2  # pixels: height of a name, and the edge around its letters


def overlay(
    pixels: Pixels, found: Panoptic, names: tuple[str, ...], palette: NDArray[np.uint8]
) -> Image.Image:
    """The picture, enlarged by a whole factor if it is small.

    Args:
        pixels: the image, (H, W, 3).
        found: its segments.
        names: of the classes.
        palette: a colour per class, (K or more, 3).
    """
    factor = max(1, WIDE // max(pixels.shape[:2]))
    shown = pixels.astype(np.float64)
    for segment in found.segments:
        inside = found.map == segment.id
        shown[inside] = (1 - SHARE) * shown[inside] + SHARE * palette[segment.label]
    large = np.rint(shown).astype(np.uint8).repeat(factor, 0).repeat(factor, 1)
    ids = found.map.repeat(factor, 0).repeat(factor, 1)
    large[_borders(ids)] = 255
    picture = Image.fromarray(large)
    draw = ImageDraw.Draw(picture)
    for segment in found.segments:
        _label(draw, names[segment.label], middle(ids == segment.id))
    return picture


def middle(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """Row and column of the pixel of a mask (H, W) that is farthest from its border."""
    depth = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), mask.shape)
    return int(y), int(x)


def _label(draw: ImageDraw.ImageDraw, name: str, at: tuple[int, int]) -> None:
    """A name about a place (row, column), moved so that its beginning is in the picture."""
    y, x = at
    wide, room = draw.textlength(name, font_size=TEXT), draw.im.size[0]
    left = max(2.0 * EDGE, min(x - wide / 2, room - wide - 2 * EDGE))
    style: dict[str, Any] = {"fill": "white", "stroke_width": EDGE, "stroke_fill": "black"}
    draw.text((left, y), name, anchor="lm", font_size=TEXT, **style)


def _borders(ids: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Pixels whose right or lower neighbour is of another segment."""
    found = np.zeros(ids.shape, bool)
    found[:, :-1] |= ids[:, :-1] != ids[:, 1:]
    found[:-1] |= ids[:-1] != ids[1:]
    return found
