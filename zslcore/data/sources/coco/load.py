"""COCO's segmentation files, and folders in their layout, as a dataset."""

from pathlib import Path
from typing import Any

from zslcore.data.panoptic.splits import published
from zslcore.data.segmentation import SegmentationDataset
from zslcore.data.sources.coco import instances, panoptic, semantic
from zslcore.data.sources.coco.class_vectors import ReadWords, describe
from zslcore.data.sources.coco.config import CocoConfig
from zslcore.data.sources.coco.part import Parts
from zslcore.runtime.digest import sha256

READERS = {"panoptic": panoptic.read, "instance": instances.read, "semantic": semantic.read}


def load(folder: Path, cfg: CocoConfig, name: str, read_words: ReadWords) -> SegmentationDataset:
    """The dataset that these files are.

    Args:
        folder: where the user put the files.
        cfg: which ones.
        name: the dataset's key in params.yaml.
        read_words: reads word vectors, where these describe the classes.

    Raises:
        ValueError: a file is missing, broken or contradicts another; names it.
    """
    _check_there(folder, cfg)
    parts = READERS[cfg.task](folder, cfg)
    described = describe(folder, cfg, parts.split.names, parts.categories, read_words)
    return SegmentationDataset(
        name=name,
        split=parts.split,
        training=parts.training,
        evaluation=parts.evaluation,
        class_vectors=described.vectors,
        attribute_names=described.attribute_names,
        dropped=parts.dropped,
        provenance=_provenance(folder, cfg, parts),
        notes=_notes(cfg, parts),
    )


def _check_there(folder: Path, cfg: CocoConfig) -> None:
    for key in ("train", "val"):
        part = getattr(cfg, key)
        for what, is_there in (
            ("images", Path.is_dir),
            ("annotations", Path.is_file),
            ("maps", Path.is_dir),
        ):
            name = getattr(part, what)
            if name is not None and not is_there(folder / name):
                raise ValueError(
                    f"{key}.{what}: there is no {folder / name}; put it there, or name where it is"
                )


def _provenance(folder: Path, cfg: CocoConfig, parts: Parts) -> dict[str, Any]:
    told = [cfg.train.annotations, cfg.val.annotations, cfg.categories, cfg.class_vectors.path]
    names = [name for name in told if name is not None]
    return {
        "source": "coco",
        "settings": cfg.model_dump(mode="json"),
        "split": {
            "name": cfg.split or "given",
            "unseen": [
                n for n, s in zip(parts.split.names, parts.split.seen, strict=True) if not s
            ],
        },
        "sha256": {name: sha256(folder / name) for name in names},
    }


def _notes(cfg: CocoConfig, parts: Parts) -> tuple[str, ...]:
    rule = (
        "All images are trained on; pixels of unseen classes are ignored."
        if cfg.task == "semantic"
        else "Training images with any segment of an unseen class are left out, crowds included."
    )
    split = f"Split: {published()[cfg.split].about}." if cfg.split else "The split is given."
    absent = len(parts.split.absent)
    outside = f"{absent} categories of the files are in neither group." if absent else ""
    return tuple(note for note in (split, rule, outside) if note)
