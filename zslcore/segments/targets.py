"""What the loss is told of an image: masks and classes of its segments, of seen classes only."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zslcore.data.problem import Labels, Mask
from zslcore.segments.source import Pixels, Segments


class Target(NamedTuple):
    """The masks of an image, bool (n, H, W), and their classes among the seen ones, (n,)."""

    masks: Mask
    labels: Labels


class Targets:
    """Refuses what training must not see, and leaves crowds out.

    Args:
        seen: bool, (K,).
        class_names: K names.
    """

    def __init__(self, seen: Mask, class_names: Sequence[str]) -> None:
        self.names, self.label = class_names, np.where(seen, np.cumsum(seen) - 1, -1)

    def __call__(self, image: int, pixels: Pixels, segments: Segments) -> Target:
        """The target of an image.

        Raises:
            ValueError: a segment is of an unseen class, even if it is a crowd, or masks are of
                another size than the image.
        """
        masks, classes, crowds = segments
        if masks.shape != (len(classes), *pixels.shape[:2]):
            raise ValueError(
                f"image {image} is {pixels.shape[:2]} (height, width) and has {len(classes)} "
                f"segments, their masks are {masks.shape}; a mask is to have the size of its image"
            )
        if len(classes) and (classes.min() < 0 or classes.max() >= len(self.names)):
            raise ValueError(
                f"image {image}: classes run from {classes.min()} to {classes.max()}; "
                f"allowed: 0 to {len(self.names) - 1}"
            )
        labels = self.label[classes]
        if (labels < 0).any():
            unseen = sorted({self.names[c] for c in classes[labels < 0].tolist()})
            raise ValueError(
                f"image {image} shows unseen classes to training: {', '.join(unseen)}; leave the "
                "image out, or ignore their pixels"
            )
        return Target(masks[~crowds], labels[~crowds])
