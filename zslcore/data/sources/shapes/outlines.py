"""The outlines of figures and badge, as polygons with coordinates in [-1, 1], y downwards."""

import math

import numpy as np

from zslcore.data.problem import Array


def _around(radii: tuple[float, ...]) -> Array:
    """Corners at equal angles from the top, clockwise, at these distances from the middle."""
    turn = 2 * math.pi / len(radii)
    corners = [(r * math.sin(i * turn), -r * math.cos(i * turn)) for i, r in enumerate(radii)]
    return np.array(corners)


def _cross(arm: float) -> Array:
    """A plus sign whose arms are twice `arm` wide."""
    right = [(arm, -1), (arm, -arm), (1, -arm), (1, arm), (arm, arm), (arm, 1)]
    return np.array(right + [(-x, -y) for x, y in right], dtype=float)


FIGURES = {
    "disk": (_around((0.9,) * 48),),
    "square": (np.array([(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)]),),
    "triangle": (_around((1.05,) * 3),),
    "star": (_around((1.1, 0.5) * 5),),
    "ring": (_around((1.0,) * 48), _around((0.5,) * 48)),
    "cross": (_cross(0.38),),
}
"""An outline, and that of the hole where there is one."""

DIAMOND = np.array([(0, -1), (1, 0), (0, 1), (-1, 0)])
"""The outline of the badge."""
