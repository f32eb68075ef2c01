"""A scene -> an image, and the segment of each of its pixels."""

import colorsys
from functools import cache

import numpy as np

from zslcore.data.panoptic.annotations import IdMap
from zslcore.data.problem import Array, Mask
from zslcore.data.sources.scenes.classes import CLASSES, Look
from zslcore.data.sources.scenes.scene import Scene, Thing

STRIPE, WAVE, CHECK = 0.055, 0.09, 0.07  # periods of the patterns, shares of the image's side
SHADE = 0.55  # brightness of a pattern's dark parts, as a share of its bright ones
BRIGHT = {True: (0.9, 0.95), False: (0.4, 0.6)}  # saturation and value, of things and of stuff


def render(scene: Scene, size: int) -> tuple[Array, IdMap]:
    """The image without noise, grey levels, float64 (size, size, 3), and the map of segments.

    Ids are 1 and 2 for the stuff regions, then 3, 4, ... for the things. No id is 0.
    """
    y, x = _grid(size)
    first = _side(scene, x, y)
    ids = np.where(first, 1, 2).astype(np.int32)
    painted = [_stuff(*each, x, y) for each in zip(scene.stuff, scene.phases, strict=True)]
    image = np.where(first[..., None], *painted)
    for n, thing in enumerate(scene.things, 3):
        u, v = _turned(thing, x, y)
        inside = _inside(thing.shape, u, v)
        ids[inside] = n
        dark = (v[inside] * thing.radius / STRIPE) % 1 < 0.5
        look = CLASSES[thing.label]
        shade = np.where(dark & (look.pattern == "striped"), SHADE, 1) * thing.light
        image[inside] = shade[:, None] * _colour(look)
    return image, ids


@cache
def _grid(size: int) -> Array:
    """y and x of the pixels' middles, shares of the side, (2, size, size)."""
    return (np.indices((size, size)) + 0.5) / size


def _side(scene: Scene, x: Array, y: Array) -> Mask:
    """Which pixels are on the first side of the border."""
    border = scene.border
    cos, sin = np.cos(border.angle), np.sin(border.angle)
    across = cos * (x - 0.5) + sin * (y - 0.5)
    along = cos * (y - 0.5) - sin * (x - 0.5)
    wave = border.height * np.sin(2 * np.pi * border.waves * along + border.phase)
    first: Mask = across < border.offset + wave
    return first


def _stuff(label: int, phase: float, x: Array, y: Array) -> Array:
    """A stuff class all over the image."""
    look = CLASSES[label]
    if look.pattern == "waves":
        dark = (y / WAVE + 0.25 * np.sin(2 * np.pi * x / (2 * WAVE)) + phase) % 1 < 0.5
    else:
        dark = (np.floor(x / CHECK + phase) + np.floor(y / CHECK + phase)) % 2 == 0
    return np.where(dark, SHADE, 1)[..., None] * _colour(look)


def _turned(thing: Thing, x: Array, y: Array) -> tuple[Array, Array]:
    """The pixels in the thing's own coordinates: 1 is its radius."""
    cos, sin = np.cos(thing.angle), np.sin(thing.angle)
    x, y = (x - thing.x) / thing.radius, (y - thing.y) / thing.radius
    return cos * x + sin * y, cos * y - sin * x


def _inside(shape: str, u: Array, v: Array) -> Mask:
    """The pixels of a shape in the unit circle."""
    if shape == "disk":
        return u * u + v * v < 1
    if shape == "square":
        return np.maximum(np.abs(u), np.abs(v)) < np.sqrt(0.5)
    # three sides, each at half the radius from the middle
    sides = [np.cos(a) * u + np.sin(a) * v < 0.5 for a in (0, 2 * np.pi / 3, 4 * np.pi / 3)]
    return sides[0] & sides[1] & sides[2]


@cache
def _colour(look: Look) -> Array:
    return 255 * np.array(colorsys.hsv_to_rgb(look.hue, *BRIGHT[look.thing]))
