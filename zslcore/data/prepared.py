"""What `prepare` writes: the dataset for `features`, two phases for the rest, the data card."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.card import markdown
from zslcore.data.dataset import Dataset
from zslcore.data.problem import Array
from zslcore.data.protocol import Phase
from zslcore.runtime.files import write_json


def save_dataset(dataset: Dataset, folder: Path) -> None:
    """Write all that may be known before features are made.

    Raises:
        ValueError: there is nothing to make features of.
    """
    if dataset.features is None and dataset.regions is None and dataset.images is None:
        raise ValueError(
            f"{dataset.name} has neither features nor images: name a file of features or of region "
            "maps in the dataset's settings, or put its images below images/ in its raw folder"
        )
    vectors = np.ascontiguousarray(dataset.class_vectors)
    digest = {"sha256": hashlib.sha256(vectors.tobytes()).hexdigest()}
    origin = dict(dataset.provenance)
    about = {
        "name": dataset.name,
        "class_names": list(dataset.class_names),
        "attribute_names": list(dataset.attribute_names),
        "provenance": {**origin, "class_vectors": {**origin["class_vectors"], **digest}},
        "notes": list(dataset.notes),
    }
    write_json(about, folder / "dataset.json")
    _save_source(dataset, folder / "source")


def _save_source(dataset: Dataset, folder: Path) -> None:
    """Features and region maps, or else images; files of gigabytes stay where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    if dataset.regions is not None:
        write_json({"file": dataset.regions.as_posix()}, folder / "regions.json")
    if dataset.features is not None:
        np.save(folder / "features.npy", dataset.features)
    if dataset.features is not None or dataset.regions is not None:
        return
    if isinstance(dataset.images, np.ndarray):
        np.save(folder / "images.npy", dataset.images)
    elif dataset.images is not None:
        write_json([path.as_posix() for path in dataset.images], folder / "images.json")


def save_phase(dataset: Dataset, phase: Phase, folder: Path) -> None:
    """Write the problem and the truth of one phase, apart from each other."""
    names = [dataset.class_names[c] for c in phase.classes.tolist()]
    problem = {
        "rows": phase.train_rows,
        "y": phase.y,
        "class_vectors": dataset.class_vectors[phase.classes],
        "seen": phase.seen,
        "evaluation_rows": phase.evaluation_rows,
        "unlabeled_rows": phase.unlabeled_rows,
        "attribute_vectors": dataset.attribute_vectors,
    }
    about = {"class_names": names, "attribute_names": list(dataset.attribute_names)}
    _save(folder / "problem", problem)
    write_json(about, folder / "problem" / "problem.json")
    for name, captions in _captions(dataset, phase).items():
        write_json(captions, folder / "captions" / f"{name}.json")
    truth = {"y": phase.evaluation_y, "seen": phase.seen}
    _save(folder / "truth", truth)
    write_json({"class_names": names}, folder / "truth" / "truth.json")


def save_card(card: Mapping[str, Any], folder: Path) -> None:
    """Write the data card, for programs and for people."""
    write_json(card, folder / "card.json")
    (folder / "card.md").write_text(markdown(card), encoding="utf-8")


def _captions(dataset: Dataset, phase: Phase) -> dict[str, list[Any]]:
    """Of the training images, of each class's evaluation images, of all evaluation images."""
    of = dataset.captions
    if of is None:
        return {"training": [], "classes": [], "evaluation": []}
    training, evaluation = (
        [list(of[row]) for row in rows.tolist()]
        for rows in (phase.train_rows, phase.evaluation_rows)
    )
    classes: list[list[list[str]]] = [[] for _ in phase.classes]
    for y, captions in zip(phase.evaluation_y.tolist(), evaluation, strict=True):
        classes[y].append(captions)
    # sorted by what they say: the order tells nothing of the images
    return {"training": training, "classes": [sorted(c) for c in classes], "evaluation": evaluation}


def _save(folder: Path, arrays: Mapping[str, Array | None]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        if array is not None:
            np.save(folder / f"{name}.npy", array)
