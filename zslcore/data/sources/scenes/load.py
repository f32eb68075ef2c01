"""The generated scenes as a dataset: written as COCO's files are, and then read like those."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL

from zslcore.data.segmentation import SegmentationDataset
from zslcore.data.sources.coco.class_vectors import ReadWords
from zslcore.data.sources.coco.config import ClassVectors, CocoConfig, Files
from zslcore.data.sources.coco.load import load as load_coco
from zslcore.data.sources.scenes.classes import CLASSES
from zslcore.data.sources.scenes.config import ScenesConfig
from zslcore.data.sources.scenes.generate import ANNOTATED, CLASS_VECTORS, IMAGES, generate

VERSION = 1
NOTES = (
    "Generated: classes are a hue and a pattern each; shape, size, angle and brightness tell "
    "nothing of the class.",
    "Unseen classes are new combinations; hues are a circle, so that each unseen class has seen "
    "neighbours, and each pattern is seen with several hues.",
)


def load(
    cfg: ScenesConfig, folder: Path, name: str, seed: int, read_words: ReadWords
) -> SegmentationDataset:
    """Generate the scenes into a folder, and read what is there.

    Raises:
        ValueError: no training scene is without an unseen class.
    """
    generate(cfg, folder, seed)
    found = load_coco(folder, layout(), name, read_words)
    origin = {
        "generator": "scenes",
        "version": VERSION,
        "seed": seed,
        "settings": cfg.model_dump(),
        "split": found.provenance["split"],
        "numpy": np.__version__,
        "pillow": PIL.__version__,
    }
    return replace(found, provenance=origin, notes=(*NOTES, *found.notes))


def layout() -> CocoConfig:
    """How the reader of COCO's files finds the scenes."""
    return CocoConfig(
        source="coco",
        task="panoptic",
        split=None,
        unseen=tuple(look.name for look in CLASSES if not look.seen),
        train=_files("train"),
        val=_files("val"),
        categories=None,
        limit=None,
        class_vectors=ClassVectors(
            by="file",
            path=CLASS_VECTORS,
            model=None,
            prompts=(),
            names="given",
            norm="none",
        ),
    )


def _files(part: str) -> Files:
    annotated = ANNOTATED[part]
    return Files(images=IMAGES[part], annotations=f"{annotated}.json", maps=annotated)
