"""CSV files of people, read so that every mistake in them is named and none stops the reading."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from zslcore.data.sources.folder.findings import Findings

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
NAMES = ("class", "image", "label")  # columns in which a blank would make another name
SAVE = "save it as CSV, UTF-8, separated by commas"


class Row(NamedTuple):
    """The cells of a row by column, without blanks around them; `number` is its line, from 1."""

    number: int
    cells: dict[str, str]


class Table(NamedTuple):
    """The columns that were asked for, the others, and the rows that have a cell for each."""

    columns: tuple[str, ...]
    others: tuple[str, ...]
    rows: tuple[Row, ...]


class Columns(NamedTuple):
    """Columns that must be there, that may be there, and whether any others may."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    more: bool = False

    def __str__(self) -> str:
        optional = [f"[{name}]" for name in self.optional]
        return ",".join([*self.needed, *optional, *([".."] if self.more else [])])


def read(path: Path, columns: Columns, findings: Findings) -> Table | None:
    """The rows of a file; None where it cannot be read as a table of these columns.

    Blank lines are left out, which is remarked; all else that is not as it should be is a problem.
    """
    text = _text(path, findings)
    if text is None:
        return None
    lines = list(_lines(path.name, text, findings))
    if not lines:
        findings.problem(path.name, f"is empty; its first row is to be {columns}")
        return None
    (number, header), *body = lines
    where = _positions(path.name, number, header, columns, findings)
    if where is None:
        return None
    if not body:
        findings.problem(path.name, "has a header and no row below it; add the rows")
    width = len(header)
    rows = tuple(
        Row(number, _cells(path.name, number, cells, where, findings))
        for number, cells in body
        if _fits(path.name, number, cells, width, findings)
    )
    others = tuple(name for name in where if name not in (*columns.needed, *columns.optional))
    return Table(tuple(name for name in where if name not in others), others, rows)


def _text(path: Path, findings: Findings) -> str | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        findings.problem(path.name, f"cannot be read ({error.strerror}); it is to be a file")
        return None
    if content.startswith(UTF_16) or b"\0" in content:
        findings.problem(path.name, f"is UTF-16 or holds zero bytes; {SAVE}")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        byte = content[error.start]
        findings.problem(path.name, f"is not UTF-8: there is the byte 0x{byte:02x}; {SAVE}", row)
        return None


def _lines(file: str, text: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the number of its last line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
            else:
                findings.remark(file, "is blank and left out", reader.line_num)
    except csv.Error as error:
        what = f"is no CSV from here on ({error}); look for quotes that are not closed"
        findings.problem(file, what, reader.line_num)


def _positions(
    file: str, row: int, header: Sequence[str], columns: Columns, findings: Findings
) -> dict[str, int] | None:
    """Where each column is; None where a needed one is not there."""
    names = [name.strip() for name in header]
    where: dict[str, int] = {}
    for i, name in enumerate(names):
        if not name:
            findings.problem(file, f"column {i + 1} has no name; name it or take it out", row)
        elif name in where:
            findings.problem(file, f"the column {name} is there twice; take one out", row)
        elif columns.more or name in (*columns.needed, *columns.optional):
            where[name] = i
        elif set(columns.needed) <= set(names):
            findings.problem(file, f"unknown column {name}; allowed: {columns}", row)
    if missing := [name for name in columns.needed if name not in where]:
        findings.problem(file, _wrong_header(header, missing, columns), row)
        return None
    return where


def _wrong_header(header: Sequence[str], missing: Sequence[str], columns: Columns) -> str:
    for separator, name in OTHER_SEPARATORS.items():
        if len(header) == 1 and separator in header[0]:
            return f"is separated by {name}; {SAVE}"
    return f"there is no column {', '.join(missing)}; the first row is to be {columns}"


def _fits(file: str, row: int, cells: Sequence[str], width: int, findings: Findings) -> bool:
    if len(cells) != width:
        findings.problem(
            file,
            f"has {len(cells)} cells for {width} columns; put quotes around one that has a comma",
            row,
        )
    return len(cells) == width


def _cells(
    file: str, row: int, cells: Sequence[str], where: dict[str, int], findings: Findings
) -> dict[str, str]:
    for name in NAMES:
        if name in where and (cell := cells[where[name]]) != cell.strip():
            findings.problem(file, f"{name} is {cell!r}, with blanks around it; cut them off", row)
    return {name: cells[i].strip() for name, i in where.items()}
