"""The package of a segmenter and of PADing's classifiers on top of it.

package.json             see `Segmentation`
things.npy seen.npy      bool (K,)
segmenter/               Mask2Former, trained on seen classes
models/<row>/            PADing and what it is compared with
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from scipy.special import softmax

from zslcore.data.problem import Mask
from zslcore.methods.pading.model import Model
from zslcore.methods.pading.model import load as load_model
from zslcore.package.files import NAME, read_array, unsealed
from zslcore.package.segmentation_files import METHOD, Segmentation
from zslcore.runtime.params import check
from zslcore.segments import merge
from zslcore.segments.answers import answers, probabilities
from zslcore.segments.merge import Instances, Panoptic, Segment
from zslcore.segments.model import Segmenter
from zslcore.segments.model import load as load_segmenter
from zslcore.segments.source import Pixels


class Found(NamedTuple):
    """What is in an image: a map of segments; instances too, unless the truth was semantic."""

    panoptic: Panoptic
    instances: Instances | None


@dataclass(frozen=True)
class Package:
    """What `load` found, ready to segment with one row."""

    about: Segmentation
    row: str
    things: Mask
    seen: Mask
    segmenter: Segmenter
    model: Model
    device: torch.device

    def segment(self, pixels: Pixels, seeds: list[int]) -> Found:
        """Segments of an image, uint8 (H, W, 3).

        All seeds judge the same queries of one segmenter, so that their class probabilities are
        averaged.

        Args:
            pixels: in RGB.
            seeds: positions of those that are asked.
        """
        about = self.about
        (answer,) = answers(self.segmenter, [pixels], [0], about.size, self.device)
        logits = self.model.logits(answer.embeddings)[seeds].astype(np.float64)
        classes, masks = softmax(logits, axis=-1).mean(0), probabilities(answer)
        if about.truth == "semantic":
            return Found(_regions(merge.semantic(classes, masks, self.things)), None)
        return Found(
            merge.panoptic(classes, masks, self.things, about.inference.merge),
            merge.instances(classes, masks, self.things, about.inference.instances),
        )


def load(folder: Path, row: str | None, device: torch.device) -> Package:
    """A package from its folder.

    Args:
        folder: of the package.
        row: None for the method itself.
        device: where to compute.

    Raises:
        ValueError: the folder is not exactly what was written, or there is no such row.
    """
    about = check(Segmentation, unsealed(folder), str(folder / NAME))
    chosen = row or METHOD
    if chosen not in about.rows:
        known = ", ".join(about.rows)
        raise ValueError(f"package {folder} has no row {chosen!r}; allowed for --row: {known}")
    things, seen = (read_array(folder / f"{name}.npy") for name in ("things", "seen"))
    segmenter = load_segmenter(folder / "segmenter")
    model = load_model(folder / "models" / chosen, device)
    return Package(about, chosen, things, seen, segmenter, model, device)


def _regions(classes: merge.Labels) -> Panoptic:
    """A map of classes (H, W) with each class as one segment."""
    labels, positions = np.unique(classes, return_inverse=True)
    segments = tuple(Segment(at, label) for at, label in enumerate(labels.tolist(), 1))
    return Panoptic((positions.reshape(classes.shape) + 1).astype(np.int32), segments)
