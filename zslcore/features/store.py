"""The features of a dataset on disk, one folder for both phases.

    pooled.npy regions.npy backbone/                a frozen backbone serves both phases
    val-pooled.npy val-regions.npy val-backbone/    a fine-tuned one has seen the training classes
    test-pooled.npy ...                             of one phase only, and serves that
    val.json test.json                              which files are a phase's, and their recipe

Every file has a row for every image of the dataset, whether the phase uses it or not: so rows mean
the same everywhere.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.problem import Array
from zslcore.runtime.files import write_json

PHASES = ("val", "test")


@dataclass(frozen=True)
class Files:
    """Where the features of one backbone are.

    Attributes:
        folder: of the dataset.
        phases: those that the backbone serves, one or all.
        with_regions: whether there are region maps.
    """

    folder: Path
    phases: Sequence[str]
    with_regions: bool

    @property
    def pooled(self) -> Path:
        """Of pooled features, (N, D)."""
        return self.folder / f"{self._prefix}pooled.npy"

    @property
    def regions(self) -> Path | None:
        """Of region maps, (N, R, C)."""
        return self.folder / f"{self._prefix}regions.npy" if self.with_regions else None

    @property
    def backbone(self) -> Path:
        """Folder of the backbone."""
        return self.folder / f"{self._prefix}backbone"

    @property
    def _prefix(self) -> str:
        return "" if len(self.phases) == len(PHASES) else f"{self.phases[0]}-"


@dataclass(frozen=True)
class Features:
    """The features of a phase, memory-mapped.

    Attributes:
        pooled: (N, D).
        regions: region maps, (N, R, C), or None.
        recipe: how they were made; JSON values.
    """

    pooled: Array
    regions: Array | None
    recipe: Mapping[str, Any]


def describe(files: Files, recipe: Mapping[str, Any]) -> None:
    """Write down, for each phase, that these files are its features."""
    about = {
        "pooled": files.pooled.name,
        "regions": files.regions.name if files.regions else None,
        "recipe": recipe,
    }
    for phase in files.phases:
        write_json(about, files.folder / f"{phase}.json")


def load(folder: Path, phase: str) -> Features:
    """The features of a phase; nothing is read until rows are asked for."""
    about = json.loads((folder / f"{phase}.json").read_text(encoding="utf-8"))
    regions = about["regions"]
    return Features(
        pooled=np.load(folder / about["pooled"], mmap_mode="r"),
        regions=np.load(folder / regions, mmap_mode="r") if regions else None,
        recipe=about["recipe"],
    )


def from_array(
    features: Array, folder: Path, recipe: Mapping[str, Any], with_regions: bool = False
) -> None:
    """Store features (N, D) that the source of the dataset brought, as float32, for both phases.

    Their sha256 joins the recipe: that of the numbers, whatever else was in the source's files.

    Args:
        features: of all images.
        folder: of the dataset's features.
        recipe: what the source says of them.
        with_regions: whether region maps are there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder, PHASES, with_regions)
    x = np.ascontiguousarray(features, np.float32)
    np.save(files.pooled, x)
    describe(files, {**recipe, "sha256": hashlib.sha256(x.tobytes()).hexdigest()})
