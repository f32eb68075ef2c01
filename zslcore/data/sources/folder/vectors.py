"""attributes.csv and texts.csv: what describes the classes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zslcore.data.problem import Array
from zslcore.data.sources.folder import table
from zslcore.data.sources.folder.classes import Classes
from zslcore.data.sources.folder.findings import Findings, hint
from zslcore.data.sources.folder.table import Columns, Row, Table

ATTRIBUTES, TEXTS = "attributes.csv", "texts.csv"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


class Attributes(NamedTuple):
    """The attributes' names, A of them, and the vector (A,) of each class, float32."""

    names: tuple[str, ...]
    of: Mapping[str, Array]


def read_attributes(folder: Path, classes: Classes, findings: Findings) -> Attributes | None:
    """What attributes.csv says; None where there is none, or it has no attribute."""
    found = _read(folder / ATTRIBUTES, Columns(("class",), more=True), findings)
    if found is None:
        return None
    if not found.others:
        findings.problem(ATTRIBUTES, "has no attribute; add a column for each, after class", 1)
        return None
    rows: dict[str, Row] = {}
    for row in _of_classes(ATTRIBUTES, found, classes, findings):
        name = row.cells["class"]
        if name in rows:
            text = f"class {name} is there twice, first in row {rows[name].number}; keep one"
            findings.problem(ATTRIBUTES, text, row.number)
        else:
            rows[name] = row
    of = {name: vector(ATTRIBUTES, row, found.others, findings) for name, row in rows.items()}
    _require(ATTRIBUTES, classes, of, findings)
    good = {name: held for name, held in of.items() if held is not None}
    _check_vectors(good, {name: row.number for name, row in rows.items()}, findings)
    _remark_constant(found.others, good, findings)
    return Attributes(found.others, good)


def read_texts(
    folder: Path, classes: Classes, findings: Findings
) -> Mapping[str, tuple[str, ...]] | None:
    """The texts of each class in the order of texts.csv; None where there is none."""
    found = _read(folder / TEXTS, Columns(("class", "text")), findings)
    if found is None:
        return None
    texts: dict[str, list[str]] = {}
    first: dict[str, int] = {}
    for row in _of_classes(TEXTS, found, classes, findings):
        name, text = row.cells["class"], " ".join(row.cells["text"].split())
        first.setdefault(name, row.number)
        texts.setdefault(name, [])
        if text:
            texts[name].append(text)
        else:
            findings.problem(TEXTS, f"the text of {name} is empty; write one", row.number)
    _require(TEXTS, classes, texts, findings)
    of = {name: tuple(held) for name, held in texts.items() if held}
    _refuse_twins(TEXTS, {name: tuple(sorted(held)) for name, held in of.items()}, first, findings)
    return of


def _read(path: Path, columns: Columns, findings: Findings) -> Table | None:
    return table.read(path, columns, findings) if path.exists() else None


def _of_classes(file: str, found: Table, classes: Classes, findings: Findings) -> Iterable[Row]:
    for row in found.rows:
        name = row.cells["class"]
        if name in classes or not classes:
            yield row
        else:
            text = f"class {name!r} is not in classes.csv{hint(name, tuple(classes))}"
            findings.problem(file, f"{text}; add it there, or take it out here", row.number)


def _require(file: str, classes: Classes, have: Iterable[str], findings: Findings) -> None:
    held = set(have)
    for name in classes:
        if name not in held:
            findings.problem(file, f"class {name} of classes.csv has no row; add one")


def vector(file: str, row: Row, names: Sequence[str], findings: Findings) -> Array | None:
    """The class vector (A,) of a row, float32; None where a cell holds no finite number.

    Args:
        file: which the row is of.
        row: with a column `class`.
        names: the columns of the attributes, A of them, in the vector's order.
        findings: where each wrong cell is named.
    """
    wrong = {name: said for name in names if (said := _wrong_number(row.cells[name]))}
    for name, said in wrong.items():
        text = f"{name} of {row.cells['class']} {said}; write a number, as 1 or 0.25"
        findings.problem(file, text, row.number)
    if wrong:
        return None
    return np.array([float(row.cells[name]) for name in names]).astype(np.float32)


def _wrong_number(cell: str) -> str:
    if not cell:
        return "is empty"
    if NOT_FINITE.fullmatch(cell):
        return f"is {cell}, which is not finite"
    if not NUMBER.fullmatch(cell):
        comma = " (decimals are set off by a point)" if "," in cell else ""
        return f"is {cell!r}, which is no number{comma}"
    too_large = abs(float(cell)) > float(np.finfo(np.float32).max)
    return f"is {cell}, beyond what float32 holds" if too_large else ""


def check_not_zero(file: str, row: int, name: str, vector: Array, findings: Findings) -> None:
    """A class whose vector is zero is a problem."""
    if not vector.any():
        text = f"all attributes of {name} are 0, so that nothing tells what it is; fill them in"
        findings.problem(file, text, row)


def _check_vectors(of: Mapping[str, Array], rows: Mapping[str, int], findings: Findings) -> None:
    for name, held in of.items():
        check_not_zero(ATTRIBUTES, rows[name], name, held, findings)
    filled = {name: (held + 0.0).tobytes() for name, held in of.items() if held.any()}
    _refuse_twins(ATTRIBUTES, filled, rows, findings)  # + 0.0 makes a zero of -0


def _refuse_twins(
    file: str, of: Mapping[str, object], rows: Mapping[str, int], findings: Findings
) -> None:
    first: dict[object, str] = {}
    for name, said in of.items():
        other = first.setdefault(said, name)
        if other != name:
            text = f"{name} is described exactly as {other} (row {rows[other]}), so that nothing"
            findings.problem(file, f"{text} tells them apart; describe one further", rows[name])


def _remark_constant(names: Sequence[str], of: Mapping[str, Array], findings: Findings) -> None:
    if len(of) < 2:
        return
    vectors = np.stack(list(of.values()))
    for name, same in zip(names, (vectors == vectors[0]).all(axis=0).tolist(), strict=True):
        if same:
            findings.remark(ATTRIBUTES, f"{name} is the same for every class, and tells nothing", 1)
