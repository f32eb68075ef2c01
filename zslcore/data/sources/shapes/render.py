"""A class and a scene -> an image: layers painted over each other."""

import colorsys
from collections.abc import Iterator

import numpy as np

from zslcore.data.problem import Array
from zslcore.data.sources.shapes import masks
from zslcore.data.sources.shapes.factors import HUES, Spec
from zslcore.data.sources.shapes.scene import Scene

BADGES = {
    "cream": (0.13, 0.3, 1.0),
    "maroon": (0.98, 0.85, 0.5),
    "olive": (0.17, 0.85, 0.5),
    "navy": (0.65, 0.85, 0.5),
}
"""Hue, saturation and value of a badge."""

SHADE = 0.45  # brightness of a texture's pattern, as a share of the figure's

Layer = tuple[Array, Array]
"""How much of each pixel it covers, in [0, 1], (size, size), and its colour, (3,)."""


def render(spec: Spec, scene: Scene, size: int) -> Array:
    """The image without noise, grey levels 0 to 255, float64, (size, size, 3)."""
    image = _background(scene, size)
    for mask, colour in _layers(spec, scene, size):
        image += mask[..., None] * (colour - image)
    return image


def _layers(spec: Spec, scene: Scene, size: int) -> Iterator[Layer]:
    """What is painted, from the back to the front: each group in its own part of the image."""
    hue = HUES.index(spec.hue) / len(HUES) + scene.hue_shift
    colour = _rgb(hue, scene.saturation, scene.value)
    figure = masks.figure(spec.shape, scene, size)
    yield figure, colour
    yield figure * masks.texture(spec.texture, scene, size), SHADE * colour
    yield masks.frame(spec.frame, size), _ink(scene)
    yield masks.badge(scene, size), _rgb(*BADGES[spec.badge])
    if spec.mark == "present":
        yield masks.mark(scene, size), _ink(scene)
    if scene.bar:
        yield masks.bar(scene.bar, size), np.full(3, 255 * scene.bar.grey)


def _background(scene: Scene, size: int) -> Array:
    """One colour that becomes brighter towards one side."""
    y, x = masks.grid(size)
    light = 1 + scene.slope[0] * (x - 0.5) + scene.slope[1] * (y - 0.5)
    return light[..., None] * _rgb(scene.back_hue, scene.back_saturation, scene.back_value)


def _rgb(hue: float, saturation: float, value: float) -> Array:
    return 255 * np.array(colorsys.hsv_to_rgb(hue % 1, saturation, value))


def _ink(scene: Scene) -> Array:
    """A grey that stands out: darker than a bright background, brighter than a dark one."""
    sign = -1 if scene.back_value > 0.5 else 1
    return np.full(3, 255 * (scene.back_value + sign * scene.contrast))
