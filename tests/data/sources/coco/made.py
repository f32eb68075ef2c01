"""Small folders in the layouts of COCO's files: cat and cow, grass and road; the cow is unseen."""

import json

import numpy as np
from PIL import Image

from tests.data.panoptic.made import CATEGORIES, annotation
from zslcore.data.panoptic import files
from zslcore.data.sources.coco.config import CocoConfig

CAT, COW, GRASS, ROAD = (each.id for each in CATEGORIES)
LISTS = {  # of each part's images the segments of the left, middle and right third
    "train": {
        1: ((7, CAT, False), (70_000, GRASS, False)),
        2: ((1, COW, False), (2, GRASS, False)),
        3: ((5, CAT, True), (4, ROAD, False), (9, CAT, False)),
    },
    "val": {4: ((3, COW, True), (8, CAT, False)), 5: ((6, GRASS, False), (2, ROAD, False))},
}
VECTORS = {"cat": (3.0, 4.0), "cow": (0.0, 2.0), "grass": (1.0, 0.0), "road": (-1.0, 0.5)}
SETTINGS = {
    "source": "coco",
    "task": "panoptic",
    "split": None,
    "unseen": ("cow",),
    "train": {"images": "train", "annotations": "train.json", "maps": "train_maps"},
    "val": {"images": "val", "annotations": "val.json", "maps": "val_maps"},
    "categories": None,
    "limit": None,
    "class_vectors": {
        "by": "file",
        "path": "vectors.csv",
        "model": None,
        "prompts": (),
        "names": "given",
        "norm": "none",
    },
}


def settings(vectors=None, **changes):
    held = {**SETTINGS, **changes}
    held["class_vectors"] = {**SETTINGS["class_vectors"], **(vectors or {})}
    return CocoConfig(**held)


def instance_settings(**changes):
    """Of the same classes as instances."""
    parts = {
        part: {"images": part, "annotations": f"{part}_instances.json", "maps": None}
        for part in ("train", "val")
    }
    return settings(task="instance", **{**parts, **changes})


def semantic_settings(**changes):
    """Of the same classes as pixel maps."""
    parts = {
        part: {"images": part, "annotations": None, "maps": f"{part}_pixels"}
        for part in ("train", "val")
    }
    return settings(task="semantic", **{**parts, "categories": "categories.json", **changes})


def thirds(values):
    """A map of 4 x 6 pixels, its left, middle and right third of these values, or of 0."""
    return np.repeat((*values, 0, 0, 0)[:3], 2)[None].repeat(4, axis=0).astype(np.int32)


def write_folder(folder):
    """All three layouts, with the images and a file of class vectors."""
    for part, listed in LISTS.items():
        annotated = [
            (annotation(n, *segments), thirds([each[0] for each in segments]))
            for n, segments in listed.items()
        ]
        files.write(folder / f"{part}.json", folder / f"{part}_maps", CATEGORIES, annotated)
        write_images(folder / part, listed)
        write_instances(folder / f"{part}_instances.json", annotated)
        write_pixels(folder / f"{part}_pixels", listed)
    told = [{"id": c.id, "name": c.name, "isthing": int(c.thing)} for c in CATEGORIES]
    (folder / "categories.json").write_text(json.dumps(told))
    rows = (f"{name},{','.join(map(str, vector))}\n" for name, vector in VECTORS.items())
    (folder / "vectors.csv").write_text("".join(rows))


def write_images(folder, numbers):
    folder.mkdir()
    for n in numbers:
        pixels = np.random.default_rng(n).integers(0, 256, (4, 6, 3)).astype(np.uint8)
        # lossless, whatever the name says
        Image.fromarray(pixels).save(folder / f"{n:03}.jpg", format="PNG")


def write_pixels(folder, listed):
    folder.mkdir()
    for n, segments in listed.items():
        values = thirds([each[1] for each in segments]) - 1
        values[values < 0] = 255
        Image.fromarray(values.astype(np.uint8)).save(folder / f"{n:03}.png")


def write_instances(path, annotated):
    """Polygons; of crowds run lengths, column by column, as COCO has them."""
    images, lines = [], []
    for each, ids in annotated:
        image = {"id": each.image.id, "file_name": each.image.file, "height": 4, "width": 6}
        images.append(image)
        for segment in each.segments:
            column = int(np.flatnonzero((ids == segment.id).any(axis=0))[0])
            left, right = column, column + 2
            polygon = [[left, 0, right, 0, right, 4, left, 4]]
            runs = {"size": [4, 6], "counts": [4 * left, 8, 24 - 8 - 4 * left]}
            lines.append(
                {
                    "id": 100 * each.image.id + segment.id % 100,
                    "image_id": each.image.id,
                    "category_id": segment.category,
                    "iscrowd": int(segment.crowd),
                    "segmentation": runs if segment.crowd else polygon,
                }
            )
    told = [{"id": c.id, "name": c.name} for c in CATEGORIES]
    path.write_text(json.dumps({"images": images, "annotations": lines, "categories": told}))


def spoil(path, change):
    """Change what a JSON holds by a function."""
    held = json.loads(path.read_text())
    change(held)
    path.write_text(json.dumps(held))
