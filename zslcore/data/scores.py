"""Scores on disk: from here on nothing knows a method.

A folder holds one .npy per row of the results table (one for most methods, one per baseline) and
`rows.json`, which says what its numbers are and how the row came about.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from zslcore.data.problem import Array
from zslcore.runtime.files import write_json

Kind = Literal["similarity", "distance"]


@dataclass(frozen=True)
class Scores:
    """What one row of the results table answered.

    Attributes:
        values: float32 (S, N, K), higher is likelier; the phase's evaluation images in the order
            of its truth.
        kind: "distance" if the scores are negated distances, which may be rescaled.
        settings: the hyperparameters behind them, JSON values.
        seeds: S seeds; one for a deterministic method.
    """

    values: Array
    kind: Kind
    settings: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = (0,)


def save(rows: Mapping[str, Scores], folder: Path) -> None:
    """Write every row.

    Raises:
        ValueError: a score is not finite; nothing is written.
    """
    for name, row in rows.items():
        if not np.isfinite(row.values).all():
            raise ValueError(f"{name}: a score is NaN or infinite")
    folder.mkdir(parents=True, exist_ok=True)
    for name, row in rows.items():
        np.save(folder / f"{name}.npy", np.asarray(row.values, dtype=np.float32))
    about = {
        name: {"kind": row.kind, "settings": dict(row.settings), "seeds": list(row.seeds)}
        for name, row in rows.items()
    }
    write_json(about, folder / "rows.json")


def load(folder: Path) -> dict[str, Scores]:
    """The rows written by `save`, in alphabetical order, their values memory-mapped."""
    about = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    return {
        name: Scores(
            np.load(folder / f"{name}.npy", mmap_mode="r"),
            row["kind"],
            row["settings"],
            tuple(row["seeds"]),
        )
        for name, row in about.items()
    }
