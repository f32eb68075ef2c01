"""Scores on disk: from here on nothing knows a method.

A folder holds one .npy per row of the results table (one for most methods, one per baseline),
one <row>.<key>.npy per array kept while the row was trained, and `rows.json`, which says what the
numbers are and how the row came about.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from zslcore.data.problem import Array
from zslcore.runtime.files import write_json

Kind = Literal["similarity", "distance"]

INDUCTIVE = "inductive"
HISTORY = {  # types on disk
    "answers": np.int16,
    "epochs": np.int64,
    "prior": np.float64,
    "images": np.float32,
    "texts": np.float32,
}


@dataclass(frozen=True)
class Scores:
    """What one row of the results table answered.

    Attributes:
        values: float32 (S, N, K), higher is likelier; the phase's evaluation images in the order
            of its truth.
        kind: "distance" if the scores are negated distances, which may be rescaled.
        settings: the hyperparameters behind them, JSON values.
        seeds: S seeds; one for a deterministic method.
        setting: what the row knew beyond labelled images of the seen classes and the class
            vectors: nothing ("inductive"), or in words, such as "transductive", "transductive,
            known prior", "few-shot oracle, transductive". Rows of different settings are not
            ranked together.
        history: arrays kept while the row was trained, or none of them:
            `epochs`, (E,): which epochs were monitored; epoch i is the state after i epochs.
            `answers`, (E, S, N): the class answered then, among the unseen ones.
            `prior`, (T + 1, S, U): the class prior over the unseen classes, in the order of their
            ids, that was known after 0, 1, .., T epochs: prior[i] is used in epoch i + 1, and
            the last one is the final estimate.
            `images`, `texts`, (S, N, Z): where the evaluation images and their captions are in a
            common space, for retrieval by Euclidean distance.
    """

    values: Array
    kind: Kind
    settings: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = (0,)
    setting: str = INDUCTIVE
    history: Mapping[str, Array] = field(default_factory=dict)


def save(rows: Mapping[str, Scores], folder: Path) -> None:
    """Write every row.

    Raises:
        ValueError: a name cannot be a file's, a score is not finite, or a history is not what it
            should be; nothing is written.
    """
    for name, row in rows.items():
        _check(name, row)
    folder.mkdir(parents=True, exist_ok=True)
    for name, row in rows.items():
        np.save(folder / f"{name}.npy", np.asarray(row.values, dtype=np.float32))
        for key, kept in row.history.items():
            np.save(folder / f"{name}.{key}.npy", np.asarray(kept, dtype=HISTORY[key]))
    about = {
        name: {
            "kind": row.kind,
            "settings": dict(row.settings),
            "seeds": list(row.seeds),
            "setting": row.setting,
            "history": sorted(row.history),
        }
        for name, row in rows.items()
    }
    write_json(about, folder / "rows.json")


def load(folder: Path) -> dict[str, Scores]:
    """The rows written by `save`, in alphabetical order, their arrays memory-mapped."""
    about = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    return {
        name: Scores(
            _mapped(folder / f"{name}.npy"),
            row["kind"],
            row["settings"],
            tuple(row["seeds"]),
            row["setting"],
            {key: _mapped(folder / f"{name}.{key}.npy") for key in row["history"]},
        )
        for name, row in about.items()
    }


def _mapped(path: Path) -> Array:
    return np.load(path, mmap_mode="r")


def _check(name: str, row: Scores) -> None:
    if not re.fullmatch(r"[\w-]+", name):  # a dot separates it from a metric's or an array's name
        raise ValueError(f"{name!r} cannot be a row's name; allowed: letters, digits, - and _")
    if not np.isfinite(row.values).all():
        raise ValueError(f"{name}: a score is NaN or infinite")
    history = row.history
    if unknown := sorted(set(history) - set(HISTORY)):
        raise ValueError(f"{name}: history has {', '.join(unknown)}; known: {', '.join(HISTORY)}")
    if ("answers" in history) != ("epochs" in history):
        raise ValueError(f"{name}: history needs both answers and epochs, or neither")
    if "answers" in history:
        _check_answers(name, row)
    if "prior" in history:
        _check_prior(name, row)
    if "images" in history or "texts" in history:
        _check_places(name, row)


def _check_answers(name: str, row: Scores) -> None:
    answers, epochs = row.history["answers"], row.history["epochs"]
    n_seeds, n_images, n_classes = row.values.shape
    if not len(epochs) or answers.shape != (len(epochs), n_seeds, n_images):
        raise ValueError(
            f"{name}: answers must be (epochs, seeds, images) = ({len(epochs) or 'at least one'}, "
            f"{n_seeds}, {n_images}), are {answers.shape}"
        )
    if epochs[0] < 0 or (np.diff(epochs) <= 0).any():
        raise ValueError(f"{name}: epochs must be 0 or more and rise, are {epochs.tolist()}")
    if answers.min() < 0 or answers.max() >= n_classes:
        raise ValueError(
            f"{name}: answers run from {answers.min()} to {answers.max()}; "
            f"allowed: class ids, 0 to {n_classes - 1}"
        )


def _check_prior(name: str, row: Scores) -> None:
    prior, n_seeds = row.history["prior"], len(row.values)
    if prior.ndim != 3 or not len(prior) or prior.shape[1] != n_seeds:
        raise ValueError(
            f"{name}: prior must be (epochs + 1, {n_seeds} seeds, unseen classes), is {prior.shape}"
        )
    # written so that NaN fails too
    if not ((prior >= 0).all() and np.allclose(prior.sum(axis=2), 1, rtol=0, atol=1e-4)):
        raise ValueError(f"{name}: a prior has a negative share, a NaN, or does not sum to 1")
    monitored = row.history.get("epochs", np.zeros(1))
    if monitored[-1] >= len(prior):
        raise ValueError(
            f"{name}: prior covers {len(prior)} states, that is, {len(prior) - 1} epochs, but "
            f"epoch {monitored[-1]} is monitored: give the prior of before the first epoch and "
            "of after every one"
        )


def _check_places(name: str, row: Scores) -> None:
    shapes = [row.history[key].shape if key in row.history else () for key in ("images", "texts")]
    if shapes[0] != shapes[1] or shapes[0][:2] != row.values.shape[:2] or len(shapes[0]) != 3:
        raise ValueError(
            f"{name}: images and texts must both be (seeds, images, size) = "
            f"({row.values.shape[0]}, {row.values.shape[1]}, ..), are {shapes[0]} and {shapes[1]}"
        )
