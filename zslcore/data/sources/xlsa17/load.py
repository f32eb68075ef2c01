"""From the files of one dataset's folder to a `Dataset`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zslcore.data.captions import card
from zslcore.data.captions.captions import Captions
from zslcore.data.captions.join import Joined, join, require
from zslcore.data.captions.read import read
from zslcore.data.checks import check_classes, check_features, check_split
from zslcore.data.dataset import Dataset
from zslcore.data.problem import Array, Labels
from zslcore.data.sources.xlsa17 import (
    classes,
    image_files,
    images,
    mat,
    provenance,
    published,
    region_file,
)
from zslcore.data.sources.xlsa17.class_vectors import read_attributes, read_class_vectors
from zslcore.data.sources.xlsa17.config import Xlsa17Config
from zslcore.data.sources.xlsa17.folds import val_classes

SETS = ("trainval_loc", "test_seen_loc", "test_unseen_loc")
FOLDS = ("train_loc", "val_loc")


def load(folder: Path, cfg: Xlsa17Config, name: str) -> Dataset:
    """Read, repair and check one dataset.

    Raises:
        ValueError: a file is missing, broken or contradicts another; the message names it.
    """
    _require_files(folder, cfg)
    raw = images.read(folder, cfg)
    split = mat.read(folder / cfg.split, SETS, (*FOLDS, "allclasses_names"))
    vectors = read_class_vectors(folder, cfg, split)
    names, names_from = classes.class_names(folder, cfg, split, len(vectors))
    y = images.class_ids(raw, cfg, names)
    rows = _rows(folder / cfg.split, split, len(y))
    classes_of = {key: np.unique(y[ids]) for key, ids in rows.items()}
    val, val_from = val_classes(folder, cfg, name, names, classes_of)
    attribute_names, attribute_vectors = read_attributes(folder, cfg)
    dataset = Dataset(
        name=name,
        y=y,
        class_names=names,
        class_vectors=vectors,
        trainval=rows["trainval_loc"],
        test_seen=rows["test_seen_loc"],
        test_unseen=rows["test_unseen_loc"],
        val_classes=val,
        attribute_names=attribute_names,
        attribute_vectors=attribute_vectors,
        features=raw.features,
        regions=raw.regions.path if raw.regions else None,
        images=image_files.on_disk(folder / "images", raw.files),
    )
    _check(dataset, folder, cfg)
    if raw.regions:
        labels = raw.paths[images.SAYING[cfg.image_labels]]
        others = {**raw.paths, "labels": labels, "split": folder / cfg.split}
        region_file.check(raw.regions, dataset, rows, others)
    captions = _captions(folder, cfg, raw.files, [names[c] for c in y.tolist()])
    if captions:
        require(captions.joined, np.concatenate([rows[key] for key in SETS]))
        dataset = replace(dataset, captions=captions.joined.captions)
    about = {
        **provenance.describe(folder, cfg),
        "origins": {"class_names": names_from, "val_classes": val_from},
        "leaks": provenance.leaks(dataset, rows, raw.files),
    }
    published.check_name(about["split"])
    notes = [*provenance.notes(dataset, about)]
    if raw.regions:
        notes += region_file.notes(raw.regions, pooled=raw.features is None)
    if captions:
        about["captions"] = card.describe(captions.read, captions.joined)
        notes += card.notes(captions.read, captions.joined)
    return replace(dataset, provenance=about, notes=tuple(notes))


def _require_files(folder: Path, cfg: Xlsa17Config) -> None:
    if missing := [name for name in cfg.files if not (folder / name).is_file()]:
        raise ValueError(
            f"{folder} has no {', '.join(missing)}: put it there. Read from that folder are "
            f"{', '.join(cfg.files)} and, where they exist, allclasses.txt, "
            f"valclasses{cfg.fold}.txt, {', '.join(images.BESIDE.values())} and images/"
        )


@dataclass(frozen=True)
class _Told:
    read: Captions
    joined: Joined


def _captions(
    folder: Path, cfg: Xlsa17Config, files: Sequence[str], classes_of: Sequence[str]
) -> _Told | None:
    """What the settings name, held against the images; nothing if they name none."""
    if cfg.captions is None:
        return None
    if not files:
        raise ValueError(
            f"{folder} has captions, but nothing says which image is which: put "
            f"{images.BESIDE['image_files']} there, or a features file that has `image_files`"
        )
    found = read(folder / cfg.captions.path, cfg.captions)
    return _Told(found, join(found, files, classes_of))


def _rows(path: Path, split: dict[str, Array], n: int) -> dict[str, Labels]:
    with mat.naming(path):
        return {key: mat.zero_based(split[key], n, key) for key in (*SETS, *FOLDS) if key in split}


def _check(dataset: Dataset, folder: Path, cfg: Xlsa17Config) -> None:
    with mat.naming(folder / cfg.class_vectors):
        check_classes(dataset)
    with mat.naming(folder / cfg.split):
        check_split(dataset)
        published.check_sizes(dataset, cfg.split_name)
    if cfg.features is not None:
        with mat.naming(folder / cfg.features):
            check_features(dataset)
