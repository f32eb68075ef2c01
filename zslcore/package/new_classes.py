"""New classes from a CSV: `class`, then the package's attributes, in any order."""

import csv
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zslcore.data.problem import Array
from zslcore.package.classes import Classes
from zslcore.runtime.mistakes import nearest

CLASS = "class"
LARGEST = float(np.finfo(np.float32).max)


class NewClasses(NamedTuple):
    """Names, and vectors float32 (k, A) with the attributes in the package's order."""

    names: list[str]
    vectors: Array


def read(path: Path, classes: Classes) -> NewClasses:
    """The classes in a file.

    Where the package's class vectors are not made of attributes, the columns after the first are
    their numbers, in order, under any name.

    Args:
        path: CSV in UTF-8 with a header.
        classes: of the package.

    Raises:
        ValueError: naming file, row (from 1, the header's) and what is allowed.
    """
    lines = _lines(path)
    header = [name.strip() for name in lines[0]]
    order = _order(path, header, classes)
    found: dict[str, list[float]] = {}
    for row, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(header):
            raise ValueError(f"{path}, row {row}: {len(line)} values for {len(header)} columns")
        name, numbers = line[0].strip(), [_number(path, row, line[at], header[at]) for at in order]
        _check_name(path, row, name, {*classes.names, *found})
        if not any(numbers):
            raise ValueError(f"{path}, row {row}: class {name!r} has no attribute that is not 0")
        found[name] = numbers
    if not found:
        raise ValueError(f"{path} has no class: below the header, give one row for each")
    return NewClasses(list(found), np.array(list(found.values()), np.float32))


def _lines(path: Path) -> list[list[str]]:
    try:
        # spreadsheets put a mark in front of UTF-8
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except FileNotFoundError:
        raise ValueError(
            f"--classes: there is no file {path}; allowed: all, unseen, seen, or a CSV file"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is no CSV file in UTF-8 ({error}); save it as one") from error
    if not lines:
        raise ValueError(f"{path} is empty; its header is to be {CLASS},<attribute>,...")
    return lines


def _order(path: Path, header: list[str], classes: Classes) -> list[int]:
    """The column of each attribute."""
    columns, wanted = header[1:], classes.attribute_names
    if header[0] != CLASS:
        raise ValueError(f"{path}, row 1: the first column is {header[0]!r}; allowed: {CLASS}")
    if not wanted:
        size = classes.vectors.shape[1]
        if len(columns) != size:
            raise ValueError(
                f"{path}, row 1: {len(columns)} columns of numbers; class vectors have {size}"
            )
        return list(range(1, size + 1))
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise ValueError(f"{path}, row 1: two columns are named {twice[0]!r}")
    if strange := [name for name in columns if name not in wanted]:
        raise ValueError(f"{path}, row 1: no attribute {strange[0]!r}{nearest(strange[0], wanted)}")
    if missing := [name for name in wanted if name not in columns]:
        raise ValueError(
            f"{path}, row 1: {len(missing)} of {len(wanted)} attributes have no column: "
            f"{', '.join(missing)}"
        )
    return [header.index(name, 1) for name in wanted]


def _number(path: Path, row: int, text: str, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST:
        raise ValueError(f"{path}, row {row}, {column}: {text!r}; allowed: a finite number")
    return value


def _check_name(path: Path, row: int, name: str, taken: set[str]) -> None:
    if not name:
        raise ValueError(f"{path}, row {row}: the class has no name")
    if name in taken:
        raise ValueError(f"{path}, row {row}: there is a class {name!r} already; give another name")
