"""Where the embedded benchmark draws the parts of its images, as regions of a grid."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zslcore.data.problem import Array, Mask
from zslcore.data.sources.shapes import masks
from zslcore.data.sources.shapes.config import ShapesConfig
from zslcore.data.sources.shapes.scene import Scene, draw_scene

SCENES = 100
PIXELS = 16  # side of a region


def _figure(scene: Scene, size: int) -> Array:
    return masks.figure("disk", scene, size)


def _frame(_: Scene, size: int) -> Array:
    return masks.frame("thin", size)


PARTS: Mapping[str, Callable[[Scene, int], Array]] = {  # that show the value of a group
    **dict.fromkeys(("shape", "hue", "texture"), _figure),
    **{"frame": _frame, "badge": masks.badge, "mark": masks.mark},
}


def places(provenance: Mapping[str, Any], side: int) -> dict[str, Mask]:
    """The regions (side * side,) where the values of each group of attributes are seen.

    Those that the part in question covers, in the mean over many scenes, at least half as much as
    the one that it covers most. Nothing for images that the generator did not make.

    Args:
        provenance: of the dataset.
        side: regions along a side of the image.
    """
    if provenance.get("generator") != "shapes":
        return {}
    rng = np.random.default_rng(0)
    clear = ShapesConfig.model_construct(hue_jitter=0.0, occlusion=0.0)  # they move nothing
    scenes = [draw_scene(clear, rng) for _ in range(SCENES)]
    found = {}
    for group, part in PARTS.items():
        mask = np.mean([part(scene, side * PIXELS) for scene in scenes], axis=0)
        covered = mask.reshape(side, PIXELS, side, PIXELS).mean(axis=(1, 3)).ravel()
        found[group] = covered >= covered.max() / 2
    return found
