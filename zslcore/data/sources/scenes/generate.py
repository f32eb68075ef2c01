"""From settings and a seed to a folder of images in the layout of COCO's panoptic files."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from zslcore.data.annotated import Pixels
from zslcore.data.panoptic import files
from zslcore.data.panoptic.annotations import Annotation, IdMap, Image, Segment, present
from zslcore.data.sources.scenes.classes import (
    ATTRIBUTES,
    CLASSES,
    attributes,
    categories,
    projected,
)
from zslcore.data.sources.scenes.config import ScenesConfig
from zslcore.data.sources.scenes.render import render
from zslcore.data.sources.scenes.scene import Scene, draw_scene

TRAIN, VAL, VECTORS = range(3)  # streams of random numbers: none disturbs another
PARTS = {"train": TRAIN, "val": VAL}
IMAGES = {"train": "problem/images/train", "val": "problem/images/val"}
ANNOTATED = {"train": "problem/panoptic_train", "val": "truth/panoptic_val"}  # PNGs; and .json
CLASS_VECTORS = "problem/class_vectors.csv"


def generate(cfg: ScenesConfig, folder: Path, seed: int) -> None:
    """Write the scenes; the same settings and seed give the same bytes.

    What training may read is below problem/, the truth of val below truth/.

    folder/
        problem/images/train/00000.png ...
        problem/images/val/00000.png ...
        problem/panoptic_train.json    problem/panoptic_train/00000.png ...
        truth/panoptic_val.json        truth/panoptic_val/00000.png ...
        problem/class_vectors.csv      a row for each class, under a header if numbers have names
    """
    for name, stream in PARTS.items():
        images = folder / IMAGES[name]
        images.mkdir(parents=True, exist_ok=True)
        shots = _shots(cfg, (seed, stream), images)
        annotated = folder / ANNOTATED[name]
        files.write(annotated.with_suffix(".json"), annotated, categories(), shots)
    _write_vectors(cfg, folder / CLASS_VECTORS, seed)


def shoot(cfg: ScenesConfig, seed: tuple[int, int, int]) -> tuple[Pixels, IdMap, Scene]:
    """One scene: its image, uint8 (size, size, 3), its map and what is in it.

    Args:
        cfg: the settings.
        seed: of the dataset, of the part (TRAIN or VAL), and the scene's number there.
    """
    rng = np.random.default_rng(seed)
    with_unseen = rng.random() < cfg.mixed or seed[1] == VAL
    scene = draw_scene(cfg.things, with_unseen, rng)
    image, ids = render(scene, cfg.size)
    image += cfg.noise * rng.standard_normal(image.shape)
    return np.rint(image).clip(0, 255).astype(np.uint8), ids, scene


def _shots(
    cfg: ScenesConfig, seed: tuple[int, int], images: Path
) -> Iterator[tuple[Annotation, IdMap]]:
    """Each scene's annotation and map; its image is written on the way."""
    for n in range(cfg.train if seed[1] == TRAIN else cfg.val):
        pixels, ids, scene = shoot(cfg, (*seed, n))
        file = f"{n:05}.png"
        Pillow.fromarray(pixels).save(images / file)
        labels = dict(enumerate((*scene.stuff, *(each.label for each in scene.things)), 1))
        segments = tuple(Segment(i, labels[i] + 1, False) for i in present(ids).tolist())
        yield Annotation(Image(n, file, cfg.size, cfg.size), file, segments), ids


def _write_vectors(cfg: ScenesConfig, path: Path, seed: int) -> None:
    """As the attributes, or as numbers without a name."""
    if cfg.class_vectors == "attributes":
        names, vectors = list(ATTRIBUTES), attributes()
    else:
        rng = np.random.default_rng([seed, VECTORS])
        vectors = projected(cfg.vector_size, cfg.vector_noise, rng)
        names = []
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([["class", *names]] if names else [])
    for look, vector in zip(CLASSES, vectors.tolist(), strict=True):
        writer.writerow([look.name, *vector])
    path.write_text(text.getvalue(), encoding="utf-8")
