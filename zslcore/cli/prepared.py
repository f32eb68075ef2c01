"""A dataset as the pipeline left it, put together again: for export, labels and all."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zslcore.data import dataset_store
from zslcore.data.problem import Array, Labels
from zslcore.data.store import load_truth
from zslcore.features.store import load as load_features


@dataclass(frozen=True)
class Prepared:
    """What a dataset's folder and its features say of the images that the split uses.

    Attributes:
        features: of the test phase, float32, (N, D).
        y: class of each image, (N,).
        trainval, test_seen, test_unseen: rows of each set.
        class_names: K names.
        class_vectors: float32, (K, A).
        seen: classes that have training images, bool, (K,).
        val_classes: ids of seen classes that play unseen in the val phase.
        attribute_names: A of them, or ().
        attribute_vectors: (A, G), or None.
        image_files: path of each image, or ().
        unused: how many images of the dataset are in no set, and left out here.
        tuned: whether the backbone was fine-tuned on all training images, val classes' included.
    """

    features: Array
    y: Labels
    trainval: Labels
    test_seen: Labels
    test_unseen: Labels
    class_names: tuple[str, ...]
    class_vectors: Array
    seen: Array
    val_classes: Labels
    attribute_names: tuple[str, ...]
    attribute_vectors: Array | None
    image_files: tuple[str, ...]
    unused: int
    tuned: bool


def read(folder: Path, features: Path | None) -> Prepared:
    """A prepared dataset.

    Args:
        folder: what `prepare` wrote: data/prepared/<dataset>.
        features: what `features` wrote: data/features/<dataset>; None = that, found beside.

    Raises:
        ValueError: a file is not there; says which stage writes it.
    """
    part = folder / "test" / "problem"
    if not (part / "problem.json").is_file():
        raise ValueError(f"{folder} is no prepared dataset: run dvc repro prepare@<dataset> first")
    about = dataset_store.load_about(folder)
    made, tuned = _features(folder, features)
    truth = load_truth(folder / "test")
    train, evaluation = np.load(part / "rows.npy"), np.load(part / "evaluation_rows.npy")
    n_seen = int(truth.seen[truth.y].sum())
    used = np.sort(np.concatenate((train, evaluation)))
    y = np.full(len(made), -1, dtype=np.int64)
    y[train], y[evaluation] = np.load(part / "y.npy"), truth.y
    images = dataset_store.load_images(folder)
    files = [images[row].as_posix() for row in used.tolist()] if isinstance(images, list) else []
    vectors = part / "attribute_vectors.npy"
    return Prepared(
        features=np.asarray(made[used], dtype=np.float32),
        y=y[used],
        trainval=np.searchsorted(used, np.sort(train)),
        test_seen=np.searchsorted(used, np.sort(evaluation[:n_seen])),
        test_unseen=np.searchsorted(used, np.sort(evaluation[n_seen:])),
        class_names=tuple(about["class_names"]),
        class_vectors=np.load(part / "class_vectors.npy"),
        seen=truth.seen,
        val_classes=_val_classes(folder, about["class_names"]),
        attribute_names=tuple(about["attribute_names"]),
        attribute_vectors=np.load(vectors) if vectors.exists() else None,
        image_files=tuple(files),
        unused=len(made) - len(used),
        tuned=tuned,
    )


def _features(folder: Path, given: Path | None) -> tuple[Array, bool]:
    brought = dataset_store.load_features(folder)
    if brought is not None and given is None:
        return brought, False
    where = given or folder.parent.parent / "features" / folder.name
    if not (where / "test.json").is_file():
        raise ValueError(
            f"{where} has no features: run dvc repro features@{folder.name}, or name their folder "
            "with --features"
        )
    found = load_features(where, "test")
    return found.pooled, "finetuned" in found.recipe


def _val_classes(folder: Path, names: list[str]) -> Labels:
    """Classes of the val phase that have no training image there."""
    part = folder / "val" / "problem"
    about = json.loads((part / "problem.json").read_text(encoding="utf-8"))
    unseen = np.flatnonzero(~np.load(part / "seen.npy")).tolist()
    return np.array(sorted(names.index(about["class_names"][k]) for k in unseen), dtype=np.int64)
