"""New classes from a CSV: `class`, then the package's attributes, in any order."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zslcore.data.problem import Array
from zslcore.data.sources.folder import table, vectors
from zslcore.data.sources.folder.findings import Findings
from zslcore.data.sources.folder.table import Columns, Table
from zslcore.package.classes import Classes
from zslcore.runtime.mistakes import nearest

CLASS = "class"


class NewClasses(NamedTuple):
    """Names, and vectors float32 (k, A) with the attributes in the package's order."""

    names: list[str]
    vectors: Array


def read(path: Path, classes: Classes) -> NewClasses:
    """The classes in a file.

    Where the package's class vectors are not made of attributes, the columns after `class` are
    their numbers, in order, under any name.

    Args:
        path: CSV in UTF-8 with a header.
        classes: of the package.

    Raises:
        ValueError: naming file, all that is wrong in it, by row (from 1, the header's), and what
            is allowed.
    """
    if not path.is_file():
        raise ValueError(
            f"--classes: there is no file {path}; allowed: all, unseen, seen, or a CSV file"
        )
    findings = Findings()
    found = table.read(path, Columns((CLASS,), more=True), findings)
    of = _vectors(path.name, found, classes, findings) if found else {}
    if findings.problems:
        raise ValueError("\n".join([f"{path}:", *map(str, findings.problems)]))
    return NewClasses(list(of), np.stack(list(of.values())))


def _vectors(file: str, found: Table, classes: Classes, findings: Findings) -> dict[str, Array]:
    order = _order(file, found.others, classes, findings)
    names: list[str] = []
    of: dict[str, Array] = {}
    for row in found.rows if order else ():
        name = row.cells[CLASS]
        _check_name(file, row.number, name, (*classes.names, *names), findings)
        names.append(name)
        vector = vectors.vector(file, row, order, findings)
        if vector is not None:
            of[name] = vector
            vectors.check_not_zero(file, row.number, name, vector, findings)
    return of


def _order(
    file: str, columns: tuple[str, ...], classes: Classes, findings: Findings
) -> tuple[str, ...]:
    """The columns in the order of the package's attributes; none where they do not fit."""
    wanted, size = classes.attribute_names, classes.vectors.shape[1]
    if not wanted:
        if len(columns) != size:
            text = f"{len(columns)} columns of numbers; class vectors have {size}"
            findings.problem(file, text, 1)
        return columns if len(columns) == size else ()
    for name in columns:
        if name not in wanted:
            findings.problem(file, f"no attribute {name!r}{nearest(name, wanted)}", 1)
    missing = [name for name in wanted if name not in columns]
    if missing:
        text = f"{len(missing)} of {len(wanted)} attributes have no column: {', '.join(missing)}"
        findings.problem(file, text, 1)
    return () if missing else tuple(wanted)


def _check_name(file: str, row: int, name: str, taken: Collection[str], findings: Findings) -> None:
    if not name:
        findings.problem(file, "the class has no name; give it one", row)
    elif name in taken:
        findings.problem(file, f"there is a class {name!r} already; give another name", row)
