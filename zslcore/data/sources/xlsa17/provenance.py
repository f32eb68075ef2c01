"""Where a dataset comes from, what its files leak, and what a reader of its results should know."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.dataset import Dataset
from zslcore.data.problem import Labels
from zslcore.data.sources.xlsa17 import image_files
from zslcore.data.sources.xlsa17.config import Xlsa17Config
from zslcore.data.sources.xlsa17.images import BESIDE
from zslcore.data.sources.xlsa17.published import FILES
from zslcore.runtime.digest import sha256


def describe(folder: Path, cfg: Xlsa17Config) -> dict[str, Any]:
    """The files behind a dataset with their sha256, and how they are read; JSON values."""
    files = _hash_files(folder, cfg)
    file = cfg.features or cfg.regions
    features = {"name": Path(file).stem, "file": file} if file else None
    return {
        "source": cfg.source,
        "files": files,
        "features": features,
        "image_labels": cfg.image_labels,
        "split": {"name": cfg.split_name, "file": cfg.split, "sha256": files[cfg.split]},
        "fold": cfg.fold,
        "class_vectors": {
            "name": _vectors_name(cfg),
            "file": cfg.class_vectors,
            "norm": cfg.class_vector_norm,
            "negative_entries": cfg.negative_attributes,
        },
    }


def _vectors_name(cfg: Xlsa17Config) -> str:
    """As others call them, where they are the published ones unchanged."""
    name = Path(cfg.class_vectors).stem.removesuffix("_splits")
    scaled = "" if cfg.class_vector_norm == "l2" else " of any length"
    zeroed = "" if cfg.negative_attributes == "keep" else " without negatives"
    return f"{name}{scaled}{zeroed}"


def _hash_files(folder: Path, cfg: Xlsa17Config) -> dict[str, str]:
    beside = {*BESIDE.values(), "allclasses.txt", f"valclasses{cfg.fold}.txt"}
    names = {*cfg.files, *(name for name in beside if (folder / name).is_file())}
    return {name: sha256(folder / name) for name in sorted(names)}


def leaks(dataset: Dataset, rows: Mapping[str, Labels], files: Sequence[str]) -> dict[str, int]:
    """How many test images the published files put into other sets too.

    Args:
        dataset: with its labels and sets.
        rows: all sets of the split's file; of the published folds, `train_loc` and `val_loc`, the
            images of `test_seen` are counted.
        files: the image's file of every row, or (); counted are the test images whose file is in
            trainval, under any label and under another one.
    """
    found = {
        f"{fold}_in_test_seen": len(np.intersect1d(rows[fold], dataset.test_seen))
        for fold in ("train_loc", "val_loc")
        if fold in rows
    }
    test = {"test_seen": dataset.test_seen, "test_unseen": dataset.test_unseen}
    for name, ids in test.items() if files else ():
        any_label, another = image_files.shared(files, dataset.y, dataset.trainval, ids)
        found[f"{name}_files_in_trainval"] = any_label
        found[f"{name}_files_in_trainval_with_another_label"] = another
    return found


def notes(dataset: Dataset, about: Mapping[str, Any]) -> Iterator[str]:
    """Sentences for the data card: whatever is unusual, or was derived instead of read.

    Args:
        dataset: with its class vectors.
        about: its provenance, with `origins` and `leaks`.
    """
    split, origins, leaks = about["split"], about["origins"], about["leaks"]
    if split["sha256"] not in FILES:
        yield (
            f"{split['file']} is not one of the split files known by their sha256: only the "
            f"settings say that it is {split['name']!r}."
        )
    if origins["class_names"] == "numbers":
        yield "The files name no classes: they are numbered in the order of the class vectors."
    if origins["val_classes"] != f"valclasses{about['fold']}.txt":
        yield f"No list of validation classes {about['fold']}: they are {origins['val_classes']}."
    if shared := leaks.get("test_unseen_files_in_trainval"):
        yield (
            f"{shared} of {len(dataset.test_unseen)} test images of unseen classes are parts of "
            "photographs that are in trainval too: features must be those of the parts, not of "
            "the whole photographs."
        )
    negative = int((dataset.class_vectors < 0).sum())
    if 0 < negative < 0.01 * dataset.class_vectors.size:
        yield (
            f"{negative} of {dataset.class_vectors.size} entries of the class vectors are negative "
            "(AwA's missing entries, -1 before scaling, look like that)."
        )
