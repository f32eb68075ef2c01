"""A phase on disk: `problem/` for training, `truth/` for calibration and evaluation only.

    problem/   rows.npy y.npy class_vectors.npy seen.npy evaluation_rows.npy unlabeled_rows.npy
               attribute_vectors.npy problem.json
    captions/  training.json classes.json evaluation.json, all empty lists without captions
    truth/     y.npy seen.npy truth.json

`*_rows` are positions in the dataset's features; the order of evaluation rows tells nothing about
their classes, except that images of seen classes come first.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.problem import Array, Labels, Problem, Rows, Truth


@dataclass(frozen=True)
class Inputs:
    """What the `features` stage made of a dataset's images, in the order of its rows.

    Attributes:
        pooled: (rows of the dataset, D), memory-mapped.
        regions: region maps (rows, R, C), memory-mapped, or None.
        images: uint8 (rows, height, width, 3), memory-mapped, or None.
    """

    pooled: Array
    regions: Array | None = None
    images: Array | None = None


def load_problem(folder: Path, inputs: Inputs, transductive: bool = False) -> Problem:
    """The training problem of a phase; `folder` is the one `prepare` wrote.

    Args:
        folder: of the phase.
        inputs: features of the dataset's images.
        transductive: also give the unlabelled features of the unseen classes.
    """
    part = folder / "problem"
    about = json.loads((part / "problem.json").read_text(encoding="utf-8"))
    rows = np.load(part / "rows.npy")
    vectors = part / "attribute_vectors.npy"
    unlabeled = np.load(part / "unlabeled_rows.npy")
    return Problem(
        x=_pooled(inputs, rows),
        y=np.load(part / "y.npy"),
        class_vectors=np.load(part / "class_vectors.npy"),
        seen=np.load(part / "seen.npy"),
        class_names=about["class_names"],
        attribute_names=about["attribute_names"],
        attribute_vectors=np.load(vectors) if vectors.exists() else None,
        regions=None if inputs.regions is None else Rows(inputs.regions, rows),
        images=None if inputs.images is None else Rows(inputs.images, rows),
        x_unlabeled=_pooled(inputs, unlabeled) if transductive else None,
    )


def with_captions(problem: Problem, folder: Path) -> Problem:
    """The problem of a phase, with captions of its training images and of its classes.

    Raises:
        ValueError: the dataset has no captions.
    """
    training, classes = (_captions(folder, name) for name in ("training", "classes"))
    if not training:
        raise ValueError(f"{folder}: the dataset has no captions")
    return replace(problem, captions=training, class_captions=classes)


def load_evaluation_captions(folder: Path) -> list[list[str]]:
    """The captions of the phase's evaluation images, in the order of its truth; [] without any.

    To measure retrieval by. They are among the captions of the classes, so whoever compares the
    two knows labels: no training may.
    """
    return _captions(folder, "evaluation")


def load_evaluation(folder: Path, inputs: Inputs) -> Array:
    """Features of the phase's evaluation images, float32 (N, D), in the order of its truth."""
    return _pooled(inputs, np.load(folder / "problem" / "evaluation_rows.npy"))


def load_evaluation_regions(folder: Path, inputs: Inputs) -> Rows:
    """Region maps of the phase's evaluation images, (N, R, C), unread, in the order of its truth.

    Raises:
        ValueError: the dataset has no region maps.
    """
    if inputs.regions is None:
        raise ValueError(f"{folder}: there are no region maps of these images")
    return Rows(inputs.regions, np.load(folder / "problem" / "evaluation_rows.npy"))


def load_evaluation_images(folder: Path, inputs: Inputs) -> Rows:
    """The phase's evaluation images, uint8 (N, h, w, 3), unread, in the order of its truth.

    Raises:
        ValueError: the dataset has no images.
    """
    if inputs.images is None:
        raise ValueError(f"{folder}: there are no images, only features of them")
    return Rows(inputs.images, np.load(folder / "problem" / "evaluation_rows.npy"))


def load_truth(folder: Path) -> Truth:
    """The labels of a phase's evaluation images; for `calibrate` (val) and `evaluate` (test)."""
    part = folder / "truth"
    about = json.loads((part / "truth.json").read_text(encoding="utf-8"))
    return Truth(np.load(part / "y.npy"), np.load(part / "seen.npy"), about["class_names"])


def _captions(folder: Path, name: str) -> list[Any]:
    found: list[Any] = json.loads((folder / "captions" / f"{name}.json").read_text("utf-8"))
    return found


def _pooled(inputs: Inputs, rows: Labels) -> Array:
    return np.asarray(inputs.pooled[rows], dtype=np.float32)
