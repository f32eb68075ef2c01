"""What a classifier makes of the segmenter's answers, counted image by image against the truth.

One trained segmenter serves all tasks whose truth the dataset has: panoptic maps also tell of
instances, of their boxes, and of the class of each pixel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zslcore.data.annotated import Annotated, Task
from zslcore.data.problem import Array, Labels, Mask
from zslcore.data.segmentation import SegmentationTruth
from zslcore.metrics import groups, instances, miou, panoptic
from zslcore.metrics.instances import RLE, Detection, Kind, Truth
from zslcore.metrics.panoptic import Counts
from zslcore.metrics.segmentation import Segmentation
from zslcore.segments import merge
from zslcore.segments.config import Inference

TASKS: Mapping[Task, Sequence[Task]] = {
    "panoptic": ("panoptic", "instance", "semantic"),
    "instance": ("instance",),
    "semantic": ("semantic",),
}
"""What can be measured with the truth of each."""

KINDS: Mapping[str, Kind] = {"instance": "segm", "box": "bbox"}
Floats = NDArray[np.float64]


class Looked(NamedTuple):
    """An image as all classifiers see it, and its truth.

    Attributes:
        position: among the evaluation images.
        name: of its file.
        masks: of the queries, (Q, H, W), probabilities.
        outlines: of these masks; none where instances are not asked for.
        segments: the truth as segments; None where that is not asked for.
        labels: the truth as the class of each pixel, (H, W); likewise.
    """

    position: int
    name: str
    masks: Array
    outlines: Sequence[RLE]
    segments: Segmentation | None
    labels: NDArray[Any] | None


@dataclass(frozen=True)
class Asked:
    """What is measured.

    Attributes:
        truth: of the evaluation images.
        how: settings.
    """

    truth: SegmentationTruth
    how: Inference

    def tasks(self) -> Sequence[Task]:
        """Those that the truth tells of; instances only with things on both sides."""
        found = TASKS[self.truth.evaluation.task]
        seen = self.truth.seen[self.truth.things]
        if seen.any() and not seen.all():
            return found
        return [task for task in found if task != "instance"]

    def instances(self) -> list[Truth]:
        """All true things, classes counted among the things; what is not a thing is not one."""
        number = np.cumsum(self.truth.things) - 1
        annotated, found = self.truth.evaluation, []
        for image in range(len(annotated)):
            rows = annotated.of(image)
            for (_, label, crowd), mask in zip(rows.tolist(), annotated.masks(image), strict=True):
                if self.truth.things[label]:
                    outline = instances.encode(mask)
                    found.append(Truth(image, int(number[label]), outline, bool(crowd)))
        return found

    def look(self, image: int, masks: Array) -> Looked:
        """An image, looked at once for all classifiers."""
        annotated, tasks = self.truth.evaluation, self.tasks()
        outlines = [instances.encode(m > 0.5) for m in masks] if "instance" in tasks else []
        return Looked(
            image,
            annotated.pictures[image].path.name,
            masks,
            outlines,
            segmentation(annotated, image) if "panoptic" in tasks else None,
            annotated.labels(image) if "semantic" in tasks else None,
        )


@dataclass
class Tally:
    """What one classifier found up to now; images are added one by one."""

    asked: Asked
    counts: Counts = field(init=False)
    confused: Labels = field(init=False)
    found: list[Detection] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        k = len(self.asked.truth.things)
        self.counts, self.confused = Counts.zero(k), np.zeros((k, k), np.int64)

    def add(self, at: Looked, classes: Array) -> None:
        """An image, with the class probabilities of its queries, (Q, K + 1), no object last."""
        things, how = self.asked.truth.things, self.asked.how
        if at.segments is not None:
            painted = merge.panoptic(classes, at.masks, things, how.merge)
            own = Segmentation.of(painted.map, painted.segments)
            self.counts += panoptic.count(at.segments, own, len(things), at.name)
        if at.labels is not None:
            answer = merge.semantic(classes, at.masks, things)
            self.confused += miou.confusion(at.labels, answer, len(things), at.name)
        if at.outlines:
            self.found += self._detected(at, classes)

    def _detected(self, at: Looked, classes: Array) -> list[Detection]:
        things = self.asked.truth.things
        number = np.cumsum(things) - 1
        of = merge.instances(classes, at.masks, things, self.asked.how.instances)
        return [
            Detection(at.position, int(number[label]), at.outlines[query], float(score))
            for query, label, score in zip(of.queries, of.labels, of.scores, strict=True)
        ]

    def by_class(self, true: Sequence[Truth]) -> dict[str, Floats]:
        """`panoptic.pq`, `instance.ap50` and so on, of each class, (K,); NaN where it has none."""
        things, tasks = self.asked.truth.things, self.asked.tasks()
        found: dict[str, Floats] = {}
        if "panoptic" in tasks:
            quality = panoptic.quality(self.counts)._asdict()
            found |= {f"panoptic.{name}": values for name, values in quality.items()}
        if "instance" in tasks:
            for name, kind in KINDS.items():
                of = instances.per_class(true, self.found, int(things.sum()), kind)
                found |= {
                    f"{name}.ap50": _among(things, of.ap),
                    f"{name}.recall50": _among(things, of.recall),
                }
        if "semantic" in tasks:
            found["semantic.miou"] = miou.iou(self.confused)
        return found

    def measure(self, by_class: Mapping[str, Floats]) -> dict[str, float]:
        """Means over seen, unseen and all classes, and what was left out of them.

        Args:
            by_class: as `by_class` gives it.

        Raises:
            ValueError: no class of a group occurs in the evaluation images.
        """
        truth = self.asked.truth
        found: dict[str, float] = {}
        for name, values in by_class.items():
            task = name.split(".")[0]
            of = truth.things if task in KINDS else np.ones_like(truth.things)
            found |= groups.by_group(name, values[of], truth.seen[of])
            left = groups.absent(values[of], truth.seen[of])
            found |= {f"{task}.{key}": count for key, count in left.items()}
        if "panoptic.pq" in by_class:
            found |= groups.count("panoptic.found", self.counts.tp > 0, truth.seen)
        return found


def segmentation(annotated: Annotated, image: int) -> Segmentation:
    """An image's truth as panoptic quality is told of it."""
    ids, classes, crowd = annotated.of(image).T
    return Segmentation(annotated.map(image), ids, classes, crowd > 0)


def _among(things: Mask, values: Floats) -> Floats:
    """Values of things as those of all classes, NaN for stuff."""
    found = np.full(len(things), np.nan)
    found[things] = values
    return found
