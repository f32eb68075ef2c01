"""A dataset of the field's standard layout, written in that of the source `folder`."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from zslcore.data.dataset import Dataset
from zslcore.data.sources.xlsa17.config import Xlsa17Config
from zslcore.data.sources.xlsa17.published import FILES
from zslcore.runtime.digest import sha256


class Files(NamedTuple):
    """Which files to read, below one folder, and which validation fold."""

    features: str
    split: str
    class_vectors: str | None
    attribute_names: str | None
    fold: int


def settings(folder: Path, files: Files) -> Xlsa17Config:
    """How to read files as they are: nothing scaled, nothing repaired.

    Raises:
        ValueError: there is no file of the split.
    """
    path = folder / files.split
    if not path.is_file():
        raise ValueError(f"{folder} has no {files.split}: name the file of the split with --split")
    digest = sha256(path)
    return Xlsa17Config.model_validate(
        {
            "source": "xlsa17",
            "features": files.features,
            "regions": None,
            "split": files.split,
            "split_name": FILES.get(digest, ("", "imported"))[1],
            "class_vectors": files.class_vectors or files.split,
            "class_vector_norm": "none",
            "negative_attributes": "keep",
            "attribute_names": files.attribute_names,
            "attribute_vectors": None,
            "captions": None,
            "fold": files.fold,
            "image_labels": "file",
            "seed": 0,
        }
    )


def write(dataset: Dataset, image_files: Sequence[str], out: Path) -> int:
    """Write classes.csv, attributes.csv, images.csv and features.npy into an empty folder.

    Args:
        dataset: with features.
        image_files: path of each image, or (); images go by the last two parts of it, or by their
            row where these are not different for all.
        out: the folder.

    Returns:
        How many images are in no set, and left out.
    """
    said = np.full(len(dataset.y), "", dtype="<U5")
    said[dataset.trainval] = "train"
    said[np.concatenate((dataset.test_seen, dataset.test_unseen))] = "test"
    used = np.flatnonzero(said != "").tolist()
    names = _image_names(image_files, len(dataset.y))
    images = ((names[i], dataset.class_names[dataset.y[i]], said[i]) for i in used)
    _write_csv(out / "images.csv", ("image", "label", "set"), images)
    roles = zip(dataset.class_names, _roles(dataset), strict=True)
    _write_csv(out / "classes.csv", ("class", "role"), roles)
    # str of a float32 is the shortest text that is read as the same float32
    vectors = zip(dataset.class_names, dataset.class_vectors, strict=True)
    rows = ((name, *map(str, vector)) for name, vector in vectors)
    _write_csv(out / "attributes.csv", ("class", *_attribute_names(dataset)), rows)
    np.save(out / "features.npy", np.asarray(dataset.features)[used])
    return len(dataset.y) - len(used)


def _roles(dataset: Dataset) -> list[str]:
    unseen = set(dataset.y[dataset.test_unseen].tolist())
    val = set(dataset.val_classes.tolist())
    k = len(dataset.class_names)
    return ["unseen" if c in unseen else "val" if c in val else "seen" for c in range(k)]


def _attribute_names(dataset: Dataset) -> Sequence[str]:
    n = dataset.class_vectors.shape[1]
    return dataset.attribute_names or [f"attribute_{i:04}" for i in range(1, n + 1)]


def _image_names(files: Sequence[str], n: int) -> list[str]:
    names = ["/".join(PurePosixPath(file.replace("\\", "/")).parts[-2:]) for file in files]
    usual = all(name.isprintable() and not name.startswith("/") for name in names)
    if len(names) == n and len(set(names)) == n and usual:
        return names
    return [f"row_{i:06}" for i in range(1, n + 1)]


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
