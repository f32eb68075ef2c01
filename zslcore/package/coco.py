"""Segmented images as COCO's files: a map and a JSON for panoptic segments, a JSON for instances.

    panoptic.json   with panoptic/<image>.png, where a segment's id is R + 256 G + 65536 B
    instances.json  masks as run lengths; beside COCO's keys each has a score

https://cocodataset.org/#format-data
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pycocotools import mask as run_lengths

from zslcore.data.problem import Mask
from zslcore.runtime.files import write_json
from zslcore.segments.merge import Instances, Panoptic

MAPS = "panoptic"


class Coco:
    """What is found in images, one after the other.

    Args:
        folder: for the files.
        names: of the classes; a category's id is the class's, from 1.
        things: bool (K,).
        seen: bool (K,).
    """

    def __init__(self, folder: Path, names: Sequence[str], things: Mask, seen: Mask) -> None:
        self.folder = folder
        self.categories = [
            {"id": c + 1, "name": name, "isthing": int(things[c]), "seen": bool(seen[c])}
            for c, name in enumerate(names)
        ]
        self.images: list[dict[str, Any]] = []
        self.panoptic: list[dict[str, Any]] = []
        self.instances: list[dict[str, Any]] = []
        (folder / MAPS).mkdir(parents=True, exist_ok=True)

    def add(self, file: Path, stem: str, panoptic: Panoptic, instances: Instances | None) -> None:
        """An image; its map is written at once.

        Args:
            file: of the image.
            stem: of the map's file.
            panoptic: its segments.
            instances: its instances, if any are asked for.
        """
        number, (height, width) = len(self.images) + 1, panoptic.map.shape
        size = {"height": height, "width": width}
        self.images.append({"id": number, "file_name": file.as_posix(), **size})
        colours = panoptic.map[..., None] >> np.array([0, 8, 16]) & 255
        Image.fromarray(colours.astype(np.uint8)).save(self.folder / MAPS / f"{stem}.png")
        segments = [
            {"id": each.id, "category_id": each.label + 1, "iscrowd": 0}
            | _extent(panoptic.map == each.id)
            for each in panoptic.segments
        ]
        line = {"image_id": number, "file_name": f"{stem}.png", "segments_info": segments}
        self.panoptic.append(line)
        for label, score, mask in _each(instances):
            found: dict[str, Any] = {"id": len(self.instances) + 1, "image_id": number}
            found |= {"category_id": label + 1, "iscrowd": 0, "score": score}
            self.instances.append(found | _extent(mask) | {"segmentation": _encoded(mask)})

    def write(self, with_instances: bool) -> None:
        """Write the JSON files."""
        common = {"images": self.images, "categories": self.categories}
        write_json({**common, "annotations": self.panoptic}, self.folder / "panoptic.json")
        if with_instances:
            write_json({**common, "annotations": self.instances}, self.folder / "instances.json")


def _each(instances: Instances | None) -> list[tuple[int, float, Mask]]:
    if instances is None:
        return []
    labels, scores = instances.labels.tolist(), instances.scores.tolist()
    return list(zip(labels, scores, instances.masks, strict=True))


def _extent(mask: Mask) -> dict[str, Any]:
    """Area in pixels, and the box: left, top, width, height."""
    encoded = run_lengths.encode(np.asfortranarray(mask, np.uint8))
    box = [int(side) for side in run_lengths.toBbox(encoded)]
    return {"area": int(run_lengths.area(encoded)), "bbox": box}


def _encoded(mask: Mask) -> dict[str, Any]:
    found = run_lengths.encode(np.asfortranarray(mask, np.uint8))
    return {"size": [int(side) for side in found["size"]], "counts": found["counts"].decode()}
