"""Where things are in an image: how much of each pixel they cover, in [0, 1], (size, size)."""

import math
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from zslcore.data.problem import Array
from zslcore.data.sources.shapes.outlines import DIAMOND, FIGURES
from zslcore.data.sources.shapes.scene import Bar, Scene

SCALE = 3  # drawn this much larger and reduced, which softens the edges
FRAME_WIDTH = {"none": 0.0, "thin": 0.04, "thick": 0.08}  # shares of the image's side
BADGE_RADIUS, MARK_RADIUS, MARK_STROKE = 0.1, 0.055, 0.02


def figure(shape: str, scene: Scene, size: int) -> Array:
    """The figure, without its hole."""
    outline, *hole = (_placed(corners, scene) for corners in FIGURES[shape])
    mask = _polygon(outline, size)
    return mask - _polygon(hole[0], size) if hole else mask


def texture(name: str, scene: Scene, size: int) -> Array:
    """The pattern, all over the image; it turns and grows with the figure."""
    if name == "plain":
        return np.zeros((size, size))
    cos, sin = _turn(scene)
    y, x = grid(size * SCALE)
    x, y = (x - scene.x) / scene.radius, (y - scene.y) / scene.radius
    u, v = cos * x + sin * y, cos * y - sin * x
    match name:
        case "striped":
            on = np.floor(4 * v) % 2 == 0
        case "checkered":
            on = (np.floor(2.5 * u) + np.floor(2.5 * v)) % 2 == 0
        case _:
            on = (2.5 * u % 1 - 0.5) ** 2 + (2.5 * v % 1 - 0.5) ** 2 < 0.09
    return on.reshape(size, SCALE, size, SCALE).mean(axis=(1, 3))


def frame(name: str, size: int) -> Array:
    """A band along the edge of the image."""
    w = FRAME_WIDTH[name]
    inner = np.array([(w, w), (1 - w, w), (1 - w, 1 - w), (w, 1 - w)])
    return 1 - _polygon(inner, size) if w else np.zeros((size, size))


def badge(scene: Scene, size: int) -> Array:
    """A diamond."""
    return _polygon(BADGE_RADIUS * DIAMOND + scene.badge_at, size)


def mark(scene: Scene, size: int) -> Array:
    """Two crossed strokes."""
    diagonal = MARK_RADIUS * np.array([(-1, -1), (1, 1)])
    strokes = [scene.mark_at + diagonal, scene.mark_at + diagonal * (1, -1)]
    return np.maximum(*(_polygon(_thick(stroke), size) for stroke in strokes))


def bar(where: Bar, size: int) -> Array:
    """The bar that hides what is behind it."""
    angle = math.radians(where.angle)
    along = where.length / 2 * np.array([math.cos(angle), math.sin(angle)])
    aside = where.width / 2 * np.array([-math.sin(angle), math.cos(angle)])
    corners = [along + aside, along - aside, -along - aside, -along + aside]
    return _polygon(np.array([where.x, where.y]) + corners, size)


@cache
def grid(size: int) -> Array:
    """y and x of the pixels' middles, shares of the side, (2, size, size)."""
    return (np.indices((size, size)) + 0.5) / size


def _turn(scene: Scene) -> tuple[float, float]:
    angle = math.radians(scene.angle)
    return math.cos(angle), math.sin(angle)


def _placed(corners: Array, scene: Scene) -> Array:
    """Turned, resized and moved to where the scene has its figure."""
    cos, sin = _turn(scene)
    x, y = corners.T
    turned = np.stack([cos * x - sin * y, sin * x + cos * y], axis=1)
    return scene.radius * turned + (scene.x, scene.y)


def _thick(stroke: Array) -> Array:
    """The parallelogram around a diagonal line."""
    side = np.array([MARK_STROKE, 0])
    return np.concatenate([stroke - side, stroke[::-1] + side])


def _polygon(corners: Array, size: int) -> Array:
    """The inside of a polygon; corners in shares of the side, (V, 2)."""
    drawn = Image.new("L", (size * SCALE, size * SCALE))
    # whole numbers: the last bit of a sine, which differs between machines, cannot matter
    points = np.rint(corners * size * SCALE - 0.5).astype(int)
    ImageDraw.Draw(drawn).polygon([(x, y) for x, y in points.tolist()], fill=255)
    return np.asarray(drawn.reduce(SCALE)) / 255
