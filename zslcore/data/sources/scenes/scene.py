"""What is where in a scene: two stuff regions behind a few things that do not overlap."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zslcore.data.sources.scenes.classes import CLASSES

SHAPES = ("disk", "square", "triangle")
RADII = (11 / 96, 19 / 96)  # of things, shares of the image's side
ATTEMPTS = 50  # to place a thing beside the others


class Thing(NamedTuple):
    """A thing: its class, and where it is; x, y and radius are shares of the image's side.

    Its shape, its angle (radians) and its brightness (a factor) say nothing of its class.
    """

    label: int
    shape: str
    x: float
    y: float
    radius: float
    angle: float
    light: float


class Border(NamedTuple):
    """The wavy line between the stuff regions; lengths are shares of the image's side.

    Attributes:
        angle: of the line's normal, radians.
        offset: of the line from the image's middle, along the normal.
        height: of the waves.
        waves: per image.
        phase: radians.
    """

    angle: float
    offset: float
    height: float
    waves: float
    phase: float


@dataclass(frozen=True)
class Scene:
    """One image's content.

    Attributes:
        stuff: the classes on either side of the border, two different ones.
        phases: where the pattern of each begins, shares of its period.
        border: between the two.
        things: at least one.
    """

    stuff: tuple[int, int]
    phases: tuple[float, float]
    border: Border
    things: tuple[Thing, ...]


def draw_scene(most: int, with_unseen: bool, rng: np.random.Generator) -> Scene:
    """A scene with 1 to `most` things, or fewer where there is no room.

    Args:
        most: things.
        with_unseen: draw from all classes, not from the seen ones alone.
        rng: of this scene alone.
    """
    allowed = [k for k, look in enumerate(CLASSES) if with_unseen or look.seen]
    things = [k for k in allowed if CLASSES[k].thing]
    stuff = [k for k in allowed if not CLASSES[k].thing]
    first, second = rng.choice(stuff, 2, replace=False).tolist()
    border = Border(
        angle=rng.uniform(0, 2 * np.pi),
        offset=rng.uniform(-0.15, 0.15),
        height=rng.uniform(0.02, 0.06),
        waves=rng.uniform(1, 3),
        phase=rng.uniform(0, 2 * np.pi),
    )
    phases = rng.random(2).tolist()
    placed: list[Thing] = []
    for label in rng.choice(things, rng.integers(1, most + 1)).tolist():
        placed += _placed(label, placed, rng)
    return Scene((first, second), (phases[0], phases[1]), border, tuple(placed))


def _placed(label: int, others: list[Thing], rng: np.random.Generator) -> list[Thing]:
    """A thing inside the image and beside the others, or none if there is no room for it."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    radius = rng.uniform(*RADII)
    angle, light = rng.uniform(0, 2 * np.pi), rng.uniform(0.85, 1)
    for x, y in rng.uniform(radius, 1 - radius, (ATTEMPTS, 2)).tolist():
        if all(np.hypot(x - o.x, y - o.y) > radius + o.radius for o in others):
            return [Thing(label, shape, x, y, radius, angle, light)]
    return []
