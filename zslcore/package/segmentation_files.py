"""What the package of a segmenter and of PADing's classifiers on top of it holds, and its writing.

    package.json             see `Segmentation`
    things.npy seen.npy      bool (K,)
    segmenter/               Mask2Former, trained on seen classes
    models/<row>/            PADing and what it is compared with

Reading it takes no torch; `segmentation` puts it to work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from zslcore.data.problem import Mask
from zslcore.package.files import copy_folder, seal, versions
from zslcore.package.manifest import FORMAT
from zslcore.runtime.params import Params
from zslcore.segments.config import Inference, Size

METHOD = "pading"
PACKAGES = (
    *("numpy", "pillow", "pycocotools", "safetensors", "scipy"),
    *("timm", "torch", "transformers"),
)
Truth = Literal["panoptic", "instance", "semantic"]


class Row(Params):
    """One trained classifier of segments."""

    seeds: tuple[int, ...]
    settings: dict[str, Any]
    metrics: dict[str, float]  # what `evaluate_segmentation` measured


class Segmentation(Params):
    """What package.json says."""

    format: Literal[1]
    task: Literal["segmentation"]
    method: Literal["pading"]
    dataset: str
    truth: Truth  # what the dataset is annotated with: with semantic truth there are no instances
    class_names: tuple[str, ...]
    size: Size  # to which images are resized
    inference: Inference
    rows: dict[str, Row]
    provenance: dict[str, Any]
    versions: dict[str, str]
    files: dict[str, str]


@dataclass(frozen=True)
class Contents:
    """What goes into a package.

    Attributes:
        about: the keys of `Segmentation` that only the writer knows; JSON values.
        things: bool (K,).
        seen: bool (K,).
        segmenter: its folder.
        models: folder of each row's model.
    """

    about: Mapping[str, Any]
    things: Mask
    seen: Mask
    segmenter: Path
    models: Mapping[str, Path]


def write(contents: Contents, folder: Path) -> None:
    """Write a package into an empty folder, package.json last."""
    np.save(folder / "things.npy", contents.things)
    np.save(folder / "seen.npy", contents.seen)
    copy_folder(contents.segmenter, folder / "segmenter")
    for row, model in contents.models.items():
        copy_folder(model, folder / "models" / row)
    own = {"format": FORMAT, "task": "segmentation", "method": METHOD}
    seal({**contents.about, **own, "versions": versions(PACKAGES)}, folder)
