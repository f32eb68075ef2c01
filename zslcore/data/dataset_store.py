"""What `prepare` wrote of a whole dataset, without a single label: for the `features` stage.

dataset.json    names, provenance, notes
source/         features.npy, or images.npy, or images.json (paths)
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
    """The features that the source brought, (N, D), memory-mapped; None if it brought images."""
    path = folder / "source" / "features.npy"
    return np.load(path, mmap_mode="r") if path.exists() else None


def load_images(folder: Path) -> Array | list[Path] | None:
    """The images, uint8 (N, height, width, 3), memory-mapped, or their paths; None without any."""
    array, paths = folder / "source" / "images.npy", folder / "source" / "images.json"
    if array.exists():
        return np.load(array, mmap_mode="r")
    if paths.exists():
        return [Path(name) for name in json.loads(paths.read_text(encoding="utf-8"))]
    return None
