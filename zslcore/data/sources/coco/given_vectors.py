"""Class vectors that a user gives: a .csv with a row for each class, or a .npz with an array.

CSV: the class's name, then its numbers. A first row whose second cell is no number is a header with
the attributes' names. NPZ: one array (A,) for each class, stored under its name.
"""

import csv
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = dict[str, NDArray[np.float64]]


def read(path: Path) -> tuple[Vectors, tuple[str, ...]]:
    """The vector (A,) of each class by its name, and the attributes' names, or ().

    Raises:
        ValueError: there is no such file, a row has another length, a class occurs twice, or a
            number is none or not finite.
    """
    if not path.is_file():
        raise ValueError(f"there is no file of class vectors {path}")
    attributes: tuple[str, ...] = ()
    if path.suffix == ".npz":
        found = _npz(path)
    elif path.suffix == ".csv":
        found, attributes = _csv(path)
    else:
        raise ValueError(f"{path}: class vectors are read from .csv and .npz")
    _check(found, attributes, path)
    return found, attributes


def _npz(path: Path) -> Vectors:
    try:
        with np.load(path, allow_pickle=False) as held:
            return {name: held[name].astype(np.float64) for name in held.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: cannot be read as arrays of numbers ({error})") from error


def _csv(path: Path) -> tuple[Vectors, tuple[str, ...]]:
    found: Vectors = {}
    attributes: tuple[str, ...] = ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for n, row in enumerate(csv.reader(file), 1):
            where = f"{path}, row {n}"
            if n == 1 and len(row) > 1 and not _is_number(row[1]):
                attributes = tuple(row[1:])
            elif row:
                if row[0] in found:
                    raise ValueError(f"{where}: {row[0]!r} has a vector already")
                found[row[0]] = _numbers(row[1:], where)
    return found, attributes


def _check(found: Vectors, attributes: tuple[str, ...], path: Path) -> None:
    if not found:
        raise ValueError(f"{path} has no class")
    first = next(iter(found))
    expected = (len(attributes),) if attributes else (found[first].size,)
    for name, vector in found.items():
        if vector.shape != expected or not vector.size:
            raise ValueError(
                f"{path}: the vector of {name!r} has shape {vector.shape}; all are to have "
                f"{expected}, as {'the header' if attributes else repr(first)} has"
            )
        if not np.isfinite(vector).all():
            raise ValueError(f"{path}: the vector of {name!r} has NaN or infinite values")


def _numbers(cells: list[str], where: str) -> NDArray[np.float64]:
    try:
        return np.array([float(cell) for cell in cells])
    except ValueError as error:
        raise ValueError(f"{where}: {error}; a name and its numbers are expected") from error


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
