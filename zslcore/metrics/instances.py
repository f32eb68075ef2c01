"""Average precision and recall of instances at IoU 0.5, by pycocotools: of masks and of boxes.

Generalised zero-shot instance segmentation (Zheng et al. 2021, https://arxiv.org/abs/2104.06601)
and detection: at most 100 detections of an image and class count, of any size. Boxes are the tight
ones of the masks.
"""

import contextlib
import io
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as masks_of
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from zslcore.calibration.best import Floats, Mask
from zslcore.metrics import groups

Kind = Literal["segm", "bbox"]
RLE = dict[str, Any]  # of pycocotools: size and run lengths
MOST = 100


class Truth(NamedTuple):
    """An instance to be found: its image, its class in 0..K-1, its mask, whether it is a crowd."""

    image: int
    label: int
    mask: RLE
    crowd: bool


class Detection(NamedTuple):
    """An instance found: its image, its class in 0..K-1, its mask, how sure it is."""

    image: int
    label: int
    mask: RLE
    score: float


def encode(mask: NDArray[np.bool_]) -> RLE:
    """A mask (H, W) in the form that is evaluated, which is much smaller."""
    return masks_of.encode(np.asfortranarray(mask, dtype=np.uint8))


class PerClass(NamedTuple):
    """Average precision and recall of each class, (K,); NaN for a class without truth."""

    ap: Floats
    recall: Floats


def per_class(
    truth: Sequence[Truth], found: Sequence[Detection], n_classes: int, kind: Kind
) -> PerClass:
    """AP and recall of each class at IoU 0.5, of masks or of their boxes.

    Raises:
        ValueError: a class is out of range, or the masks of an image differ in size.
    """
    both: list[Truth | Detection] = [*truth, *found]
    _check(both, n_classes)
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools tells what it does
        judge = COCOeval(_coco(truth, n_classes), _coco(found, n_classes), kind)
        judge.params.imgIds = sorted({each.image for each in both})
        judge.params.iouThrs = np.array([0.5])
        judge.params.maxDets = [MOST]
        judge.params.areaRng, judge.params.areaRngLbl = [[0, np.inf]], ["all"]
        judge.evaluate()
        judge.accumulate()
    # -1 stands for a class without truth; the columns are in the order of the category ids
    precision, recall = judge.eval["precision"][0, :, :, 0, 0], judge.eval["recall"][0, :, 0, 0]
    without = recall < 0
    return PerClass(np.where(without, np.nan, precision.mean(0)), np.where(without, np.nan, recall))


def measure(
    truth: Sequence[Truth], found: Sequence[Detection], seen: Mask, kind: Kind
) -> dict[str, float]:
    """AP and recall at IoU 0.5 as means over the seen, the unseen and all classes.

    Keys: `ap50.seen`, `.unseen`, `.hm`, `.all`, the same for `recall50`; `absent.seen`, `.unseen`:
    classes left out since they have no truth. A model that also answers stuff is measured on things
    alone, so K is the number of these.

    Args:
        truth: of all images.
        found: of all images.
        seen: bool, (K,).
        kind: of masks ("segm") or of their boxes ("bbox").

    Raises:
        ValueError: see `per_class`; or no class of a group has truth.
    """
    of = per_class(truth, found, len(seen), kind)
    return {
        **groups.by_group("ap50", of.ap, seen),
        **groups.by_group("recall50", of.recall, seen),
        **groups.absent(of.ap, seen),
    }


def _coco(instances: Iterable[Truth | Detection], n_classes: int) -> COCO:
    """In memory; ids count from 1, since pycocotools takes a match with id 0 for none."""
    coco = COCO()
    instances = list(instances)
    sized = [(each, each.mask["size"]) for each in instances]
    coco.dataset = {
        "images": [{"id": each.image, "height": h, "width": w} for each, (h, w) in sized],
        "categories": [{"id": 1 + k} for k in range(n_classes)],
        "annotations": [_annotation(i, each) for i, each in enumerate(instances, 1)],
    }
    coco.createIndex()
    return coco


def _annotation(i: int, instance: Truth | Detection) -> dict[str, Any]:
    about = {
        "id": i,
        "image_id": instance.image,
        "category_id": 1 + instance.label,
        "segmentation": instance.mask,
        "bbox": masks_of.toBbox(instance.mask).tolist(),
        "area": float(masks_of.area(instance.mask)),
    }
    if isinstance(instance, Truth):
        return {**about, "iscrowd": int(instance.crowd)}
    return {**about, "iscrowd": 0, "score": instance.score}


def _check(instances: Iterable[Truth | Detection], n_classes: int) -> None:
    sizes: dict[int, list[int]] = {}
    for each in instances:
        if not 0 <= each.label < n_classes:
            raise ValueError(
                f"image {each.image}: an instance of class {each.label}; "
                f"allowed: 0 to {n_classes - 1}"
            )
        size = each.mask["size"]
        if (other := sizes.setdefault(each.image, size)) != size:
            raise ValueError(
                f"image {each.image}: masks of {other} and of {size} pixels; all masks of an image "
                "are to have its size"
            )
