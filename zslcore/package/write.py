"""Write the package of a trained classification method."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.problem import Array, Mask
from zslcore.package.files import copy_folder, seal, versions
from zslcore.package.manifest import FORMAT

PACKAGES = ("numpy", "pillow", "safetensors", "scikit-learn", "scipy", "timm", "torch")
ONLY_FOR_TRAINING = ("progress.safetensors",)


@dataclass(frozen=True)
class Contents:
    """What goes into a package.

    Attributes:
        about: the keys of `Manifest` that only the writer knows; JSON values.
        class_vectors: of the test phase, float32 (K, A).
        seen: bool (K,).
        models: folder of each row's model.
        backbone: its folder, or None where features were files.
    """

    about: Mapping[str, Any]
    class_vectors: Array
    seen: Mask
    models: Mapping[str, Path]
    backbone: Path | None


def write(contents: Contents, folder: Path) -> None:
    """Write a package into an empty folder, package.json last."""
    np.save(folder / "class_vectors.npy", np.asarray(contents.class_vectors, np.float32))
    np.save(folder / "seen.npy", np.asarray(contents.seen, np.bool_))
    for row, model in contents.models.items():
        copy_folder(model, folder / "models" / row, ONLY_FOR_TRAINING)
    if contents.backbone is not None:
        copy_folder(contents.backbone, folder / "backbone")
    about = {
        **contents.about,
        "format": FORMAT,
        "task": "classification",
        "inputs": "features" if contents.backbone is None else "images",
        "versions": versions(PACKAGES),
    }
    seal(about, folder)
