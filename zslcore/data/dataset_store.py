"""What `prepare` wrote of a whole dataset, without a single label: for the `features` stage.

dataset.json    names, provenance, notes
source/         features.npy and regions.json (a path), as far as the source brought them;
                else images.npy or images.json (paths)
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.problem import Array


def load_about(folder: Path) -> dict[str, Any]:
    """Names, provenance and notes of a dataset, from its folder."""
    about: dict[str, Any] = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    return about


def load_features(folder: Path) -> Array | None:
    """The pooled features that the source brought, (N, D), memory-mapped, or None."""
    path = folder / "source" / "features.npy"
    return np.load(path, mmap_mode="r") if path.exists() else None


def load_regions(folder: Path) -> Path | None:
    """The source's file of region maps: HDF5 with `feature_map` (N, C, height, width); or None."""
    path = folder / "source" / "regions.json"
    return Path(json.loads(path.read_text(encoding="utf-8"))["file"]) if path.exists() else None


def load_images(folder: Path) -> Array | list[Path] | None:
    """The images, uint8 (N, height, width, 3), memory-mapped, or their paths; None without any."""
    array, paths = folder / "source" / "images.npy", folder / "source" / "images.json"
    if array.exists():
        return np.load(array, mmap_mode="r")
    if paths.exists():
        return [Path(name) for name in json.loads(paths.read_text(encoding="utf-8"))]
    return None
