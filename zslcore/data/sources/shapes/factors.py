"""What a class is: one value for each of six groups.

Three groups live in the figure in the middle, one along the edge of the image, one in the badge at
the upper left and one, the mark, at the lower right.
"""

from dataclasses import asdict, dataclass

import numpy as np

from zslcore.data.problem import Array

HUES = (
    *("red", "orange", "yellow", "lime", "green", "mint"),
    *("cyan", "azure", "blue", "violet", "magenta", "rose"),
)
"""Twelve hues, 30 degrees apart on the circle."""

VALUES = {
    "shape": ("disk", "square", "triangle", "star", "ring", "cross"),
    "hue": HUES,
    "texture": ("plain", "striped", "dotted", "checkered"),
    "frame": ("none", "thin", "thick"),
    "badge": ("cream", "maroon", "olive", "navy"),
    "mark": ("absent", "present"),
}
"""The values of each group, in the order of the attributes."""

ANCHORS = HUES[::2]
"""The hues that are attributes; the others lie halfway between two of them."""


@dataclass(frozen=True)
class Spec:
    """One value of each group of `VALUES`."""

    shape: str
    hue: str
    texture: str
    frame: str
    badge: str
    mark: str

    @property
    def name(self) -> str:
        """A name that tells every value, so that different classes have different names."""
        figure = f"{self.texture} {self.hue} {self.shape}"
        frame = "no frame" if self.frame == "none" else f"{self.frame} frame"
        mark = " + mark" if self.mark == "present" else ""
        return f"{figure} + {frame} + {self.badge} badge{mark}"


def attribute_names() -> tuple[str, ...]:
    """A names `group::value`, group by group."""
    shown = {**VALUES, "hue": ANCHORS}
    return tuple(f"{group}::{value}" for group, values in shown.items() for value in values)


def class_vector(spec: Spec) -> Array:
    """How strongly a class shows each attribute, in [0, 1], float32, (A,); each group sums to 1.

    One-hot, but for the hue: orange, which lies halfway between red and yellow, is half of each.
    """
    shown = {f"{group}::{value}": 1.0 for group, value in asdict(spec).items() if group != "hue"}
    for anchor in ANCHORS:
        steps = abs(HUES.index(spec.hue) - HUES.index(anchor))
        shown[f"hue::{anchor}"] = max(0.0, 1 - min(steps, len(HUES) - steps) / 2)
    return np.array([shown.get(name, 0.0) for name in attribute_names()], dtype=np.float32)
