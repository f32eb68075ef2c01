"""Features, labels and paths of the images: from one file, or from files beside it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zslcore.data.problem import Array, Labels
from zslcore.data.sources.xlsa17 import image_files, mat, region_file
from zslcore.data.sources.xlsa17.classes import match
from zslcore.data.sources.xlsa17.config import Xlsa17Config
from zslcore.data.sources.xlsa17.region_file import RegionFile

BESIDE = {"labels": "ps_labels.mat", "image_files": "ps_image_files.mat"}
"""Where what the features file lacks is looked for."""

SAYING = {"file": "labels", "folders": "image_files"}
"""What says the classes of the images, for each value of `image_labels`."""


@dataclass(frozen=True)
class Images:
    """What the files say of the images, as far as they say it.

    Attributes:
        features: float32, (N, D).
        labels: as in the file.
        files: the path of each image on the machine where the features were made, or ().
        paths: which file has `features`, `labels` and `image_files`.
        regions: what the file of region maps says, or None.
    """

    features: Array | None
    labels: Array | None
    files: tuple[str, ...]
    paths: dict[str, Path]
    regions: RegionFile | None = None

    @property
    def first_label(self) -> int:
        """Where labels begin: .mat files count from 1, files of region maps from 0."""
        return 0 if self.regions and self.paths.get("labels") == self.regions.path else 1


def read(folder: Path, cfg: Xlsa17Config) -> Images:
    """Read the features file, if the settings name one, and then what it lacks."""
    arrays: dict[str, Array] = {}
    paths: dict[str, Path] = {}
    if cfg.features is not None:
        path = folder / cfg.features
        arrays = mat.read(path, ("features",), tuple(BESIDE))
        with mat.naming(path):
            # a file has (D, N) column by column: no copy unless the type changes
            arrays["features"] = np.ascontiguousarray(arrays["features"].T, dtype=np.float32)
        paths = dict.fromkeys(arrays, path)
    for key, name in BESIDE.items():
        if key not in arrays and (folder / name).is_file():
            arrays |= mat.read(folder / name, (key,))
            paths[key] = folder / name
    maps = None if cfg.regions is None else region_file.read(folder / cfg.regions)
    if maps is not None and "labels" in maps.lists and "labels" not in arrays:
        arrays["labels"], paths["labels"] = maps.lists["labels"], maps.path
    files = mat.strings(arrays["image_files"]) if "image_files" in arrays else ()
    return Images(arrays.get("features"), arrays.get("labels"), files, paths, maps)


def class_ids(images: Images, cfg: Xlsa17Config, names: tuple[str, ...]) -> Labels:
    """The class id of each image, (N,), from where `image_labels` says.

    Raises:
        ValueError: it is not there, a label is out of range, a folder is no class, or features
            and paths are not those of N images.
    """
    key = SAYING[cfg.image_labels]
    if key not in images.paths:
        maps = cfg.regions if key == "labels" else None  # they have no image_files
        where = " and ".join(filter(None, (cfg.features, BESIDE[key], maps)))
        raise ValueError(f"image_labels is {cfg.image_labels!r}, but there is no {key} in {where}")
    with mat.naming(images.paths[key]):
        if images.labels is not None and cfg.image_labels == "file":
            y = mat.zero_based(images.labels, len(names), "labels", images.first_label)
        else:
            folders = [image_files.class_folder(file) for file in images.files]
            distinct, inverse = np.unique(folders, return_inverse=True)
            y = match(distinct.tolist(), names)[inverse]
    _check_lengths(images, y)
    return y


def _check_lengths(images: Images, y: Labels) -> None:
    if images.features is not None and len(images.features) != len(y):
        raise ValueError(
            f"{images.paths['features']}: features have {len(images.features)} columns, one per "
            f"image, for {len(y)} labels"
        )
    if images.files and len(images.files) != len(y):
        raise ValueError(
            f"{images.paths['image_files']}: {len(images.files)} image_files for {len(y)} labels"
        )
