"""Zero-shot segmentation on disk: `problem/` for training, `truth/` for evaluation only.

    problem/  problem.json images.json segments.npy outlines.json evaluation.json
              class_vectors.npy things.npy seen.npy
    truth/    truth.json images.json segments.npy outlines.json things.npy seen.npy

Images and maps stay where they are: their paths are kept relative to the folder.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.annotated import Annotated, Picture
from zslcore.data.problem import Array
from zslcore.data.segmentation import (
    SegmentationDataset,
    SegmentationProblem,
    SegmentationTruth,
)
from zslcore.runtime.files import write_json


def save(dataset: SegmentationDataset, folder: Path) -> None:
    """Write problem and truth, apart from each other; same content, same bytes."""
    names = list(dataset.split.names)
    masks = {"things": dataset.split.things, "seen": dataset.split.seen}
    problem, truth = folder / "problem", folder / "truth"
    _save_annotated(dataset.training, problem)
    _save_arrays({**masks, "class_vectors": dataset.class_vectors}, problem)
    pictures = [_picture(each, problem) for each in dataset.evaluation.pictures]
    write_json(pictures, problem / "evaluation.json")
    about = {"class_names": names, "task": dataset.training.task}
    attributes = list(dataset.attribute_names)
    write_json({**about, "attribute_names": attributes}, problem / "problem.json")
    _save_annotated(dataset.evaluation, truth)
    _save_arrays(masks, truth)
    write_json(about, truth / "truth.json")


def load_problem(folder: Path) -> SegmentationProblem:
    """What training may see; `folder` is the one that `prepare_segmentation` wrote.

    Raises:
        ValueError: a training segment is of an unseen class, or the files contradict each other.
    """
    part = folder / "problem"
    about = _json(part / "problem.json")
    return SegmentationProblem(
        training=_load_annotated(about["task"], part),
        evaluation=tuple(_load_picture(each, part) for each in _json(part / "evaluation.json")),
        class_names=about["class_names"],
        things=np.load(part / "things.npy"),
        seen=np.load(part / "seen.npy"),
        class_vectors=np.load(part / "class_vectors.npy"),
        attribute_names=about["attribute_names"],
    )


def load_truth(folder: Path) -> SegmentationTruth:
    """The truth of the evaluation images; for `evaluate_segmentation` only."""
    part = folder / "truth"
    about = _json(part / "truth.json")
    return SegmentationTruth(
        evaluation=_load_annotated(about["task"], part),
        class_names=about["class_names"],
        things=np.load(part / "things.npy"),
        seen=np.load(part / "seen.npy"),
    )


def _save_annotated(annotated: Annotated, folder: Path) -> None:
    lines = [_picture(each, folder) for each in annotated.pictures]
    if annotated.maps:
        maps = [_relative(path, folder) for path in annotated.maps]
        lines = [{**line, "map": each} for line, each in zip(lines, maps, strict=True)]
    write_json(lines, folder / "images.json")
    write_json(annotated.outlines, folder / "outlines.json")
    _save_arrays({"segments": annotated.segments}, folder)


def _load_annotated(task: Any, folder: Path) -> Annotated:
    lines = _json(folder / "images.json")
    return Annotated(
        task=task,
        pictures=tuple(_load_picture(line, folder) for line in lines),
        segments=np.load(folder / "segments.npy"),
        maps=tuple(_absolute(line["map"], folder) for line in lines if "map" in line),
        outlines=tuple(_json(folder / "outlines.json")),
    )


def _picture(picture: Picture, folder: Path) -> dict[str, Any]:
    path = _relative(picture.path, folder)
    return {"file": path, "height": picture.height, "width": picture.width}


def _load_picture(line: dict[str, Any], folder: Path) -> Picture:
    return Picture(_absolute(line["file"], folder), line["height"], line["width"])


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _absolute(path: str, folder: Path) -> Path:
    return Path(os.path.normpath(folder / path))  # by name: a folder may be a link to elsewhere


def _save_arrays(arrays: dict[str, Array], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
