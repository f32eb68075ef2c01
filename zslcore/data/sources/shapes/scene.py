"""What differs between the images of one class: all that is drawn independently of the class."""

from dataclasses import dataclass

import numpy as np

from zslcore.data.sources.shapes.config import ShapesConfig


@dataclass(frozen=True)
class Bar:
    """A bar that hides part of the image; lengths are shares of the image's side."""

    x: float
    y: float
    angle: float
    length: float
    width: float
    grey: float


@dataclass(frozen=True)
class Scene:
    """One draw of everything an image shows besides its class.

    Positions and lengths are shares of the image's side, hues shares of the circle, angles in
    degrees (counted clockwise), saturations and greys in [0, 1].
    """

    x: float
    y: float
    radius: float
    angle: float
    hue_shift: float
    saturation: float
    value: float
    back_hue: float
    back_saturation: float
    back_value: float
    slope: tuple[float, float]  # change of the background's brightness across the image
    badge_at: tuple[float, float]
    mark_at: tuple[float, float]
    contrast: float  # between frame or mark and the background
    bar: Bar | None


def draw_scene(cfg: ShapesConfig, rng: np.random.Generator) -> Scene:
    """Draw a scene; each consumes equally many random numbers, whatever the settings."""
    bar = Bar(*rng.uniform((0.2, 0.2, 0, 0.5, 0.1, 0), (0.8, 0.8, 180, 0.8, 0.18, 1)).tolist())
    hidden = rng.random() < cfg.occlusion
    around = rng.uniform(-0.02, 0.02, (2, 2))
    return Scene(
        x=rng.uniform(0.42, 0.6),
        y=rng.uniform(0.42, 0.6),
        radius=rng.uniform(0.19, 0.3),
        angle=rng.uniform(-30, 30),
        hue_shift=cfg.hue_jitter * rng.standard_normal(),
        saturation=rng.uniform(0.55, 1),
        value=rng.uniform(0.6, 1),
        back_hue=rng.random(),
        back_saturation=rng.uniform(0, 0.35),
        back_value=rng.uniform(0.2, 0.9),
        slope=tuple(rng.uniform(-0.2, 0.2, 2).tolist()),
        badge_at=tuple((0.2 + around[0]).tolist()),
        mark_at=tuple((0.82 + around[1]).tolist()),
        contrast=rng.uniform(0.3, 0.6),
        bar=bar if hidden else None,
    )
