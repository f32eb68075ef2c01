"""The field's standard layout, written: a features file, att_splits.mat and lists of classes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.cli.prepared import Prepared
from zslcore.data.problem import Array, Labels

HEADER = b"MATLAB 5.0 MAT-file, written by zslcore"
HEADER_SIZE = 116  # bytes of text, into which scipy puts the time


def write(found: Prepared, out: Path) -> tuple[str, ...]:
    """Write res101.mat, att_splits.mat and what goes beside them into an empty folder.

    The names are those that the field's code looks for, whatever network made the features. Rows
    and labels count from 1, arrays are transposed, as they are there. Val classes are those of the
    first fold; `val_loc` has their images in trainval, `train_loc` the others' there.

    Returns:
        The names of the files.
    """
    images: dict[str, Any] = {
        "features": np.asfortranarray(found.features.T),
        "labels": _column(found.y),
    }
    if found.image_files:
        images["image_files"] = _cell(found.image_files)
    is_val = np.isin(found.y[found.trainval], found.val_classes)
    _savemat(out / "res101.mat", images)
    split = {
        "att": np.asfortranarray(found.class_vectors.T),
        "allclasses_names": _cell(found.class_names),
        "trainval_loc": _column(found.trainval),
        "test_seen_loc": _column(found.test_seen),
        "test_unseen_loc": _column(found.test_unseen),
        "train_loc": _column(found.trainval[~is_val]),
        "val_loc": _column(found.trainval[is_val]),
    }
    _savemat(out / "att_splits.mat", split)
    return ("res101.mat", "att_splits.mat", *_write_lists(found, out))


def _write_lists(found: Prepared, out: Path) -> list[str]:
    val = set(found.val_classes.tolist())
    seen = np.flatnonzero(found.seen).tolist()
    lists: dict[str, Sequence[str]] = {
        "allclasses.txt": found.class_names,
        "trainclasses1.txt": [found.class_names[k] for k in seen if k not in val],
        "valclasses1.txt": [found.class_names[k] for k in seen if k in val],
        "testclasses.txt": [found.class_names[k] for k in np.flatnonzero(~found.seen).tolist()],
    }
    if found.attribute_names:  # numbered, so that a name may begin with a number
        lists["attributes.txt"] = [f"{i} {name}" for i, name in enumerate(found.attribute_names, 1)]
    for name, lines in lists.items():
        text = "".join(f"{line}\n" for line in lines)
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    if found.attribute_vectors is None:
        return list(lists)
    np.save(out / "attribute_vectors.npy", found.attribute_vectors)
    return [*lists, "attribute_vectors.npy"]


def _savemat(path: Path, arrays: Mapping[str, Array]) -> None:
    """With a header that is always the same, so that the same arrays give the same bytes."""
    import scipy.io

    scipy.io.savemat(path, dict(arrays))
    with path.open("r+b") as file:
        file.write(HEADER.ljust(HEADER_SIZE))


def _column(rows: Labels) -> Array:
    """From 0 to from 1, (n, 1); doubles, as MATLAB keeps them."""
    return (rows[:, None] + 1).astype(np.float64)


def _cell(strings: Sequence[str]) -> Array:
    column = np.empty((len(strings), 1), dtype=object)
    column[:, 0] = list(strings)
    return column
