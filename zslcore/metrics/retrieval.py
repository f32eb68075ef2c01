"""How well images find their own captions, and captions their image, among held-out seen images."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.spatial.distance import cdist

from zslcore.calibration.best import Floats, Labels, Mask
from zslcore.metrics.intervals import over_seeds

AT = (1, 5)


@dataclass(frozen=True)
class Retrieval:
    """The places of the right ones, counted from 0.

    Attributes:
        text: of the own captions among all images' captions, by distance to the image, (S, M).
        image: of the own image among all images, by distance to the captions, (S, M).
        text_in_class, image_in_class: the same among the images of the same class.
    """

    text: Labels
    image: Labels
    text_in_class: Labels
    image_in_class: Labels

    @classmethod
    def of(cls, images: Floats, texts: Floats, labels: Labels, seen: Mask) -> Self:
        """The places among the M evaluation images of seen classes.

        What is as near as the right one counts as nearer: where all is in one place, nothing is
        found.

        Args:
            images: where the N evaluation images are, (S, N, Z); Euclidean distances count.
            texts: where their captions are, (S, N, Z).
            labels: class ids of the N images.
            seen: bool, (K,).
        """
        own = seen[labels]
        same = labels[own][:, None] == labels[own]
        far = np.stack([cdist(v[own], t[own]) for v, t in zip(images, texts, strict=True)])
        nearer = far <= np.diagonal(far, axis1=1, axis2=2)[:, :, None]
        back = far.swapaxes(1, 2) <= np.diagonal(far, axis1=1, axis2=2)[:, :, None]
        found = (each.sum(2) - 1 for each in (nearer, back, nearer & same, back & same))
        return cls(*found)

    def measure(self) -> dict[str, float]:
        """Recall at 1 and 5 in both directions, overall and within the class, over the seeds.

        `retrieval.text.r1` is the share of images whose own captions are the nearest.
        """
        names = ("text", "image", "text_in_class", "image_in_class")
        return over_seeds(
            {
                f"retrieval.{name}.r{k}": (getattr(self, name) < k).mean(1).tolist()
                for name in names
                for k in AT
            }
        )
