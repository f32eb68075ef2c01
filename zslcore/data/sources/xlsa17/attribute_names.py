"""Names of attributes, from the files in which people have them."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from zslcore.data.checks import check_unique
from zslcore.data.sources.xlsa17.mat import naming

COLUMNS = ("des", "new_des")  # the first that a CSV file has; new_des is des without punctuation
COUNTS = {"": 0, "index": 0, "idx": 1}  # columns that count the rows, and from where


def read_attribute_names(path: Path) -> tuple[str, ...]:
    """One name per attribute, in the order of the class vectors' entries.

    A `.csv` file has a header and the names in its column `des` or else `new_des`; columns that
    count the rows must count them in order. Any other file has one name per line; blank lines do
    not count. If every line begins with a number, as in CUB's attributes.txt and AwA's
    predicates.txt, these are to be 1, 2, .. in order, and are no part of the names.

    Raises:
        ValueError: naming the file, the line and what is expected there.
    """
    with naming(path):
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = file.read().splitlines()
        names = _of_csv(lines) if path.suffix.lower() == ".csv" else _of_lines(lines)
        if not names:
            raise ValueError("there is no attribute name in it")
        check_unique("attribute names", names)
    return names


def _of_lines(lines: Sequence[str]) -> tuple[str, ...]:
    filled = [(line, text.strip()) for line, text in enumerate(lines, 1) if text.strip()]
    numbered = [match for _, text in filled if (match := re.fullmatch(r"(\d+)\s+(.+)", text))]
    if len(numbered) < len(filled):
        return tuple(text for _, text in filled)
    for expected, ((line, _), match) in enumerate(zip(filled, numbered, strict=True), 1):
        if int(match[1]) != expected:
            raise ValueError(
                f"line {line} has the number {match[1]}, expected is {expected}: attributes are to "
                "be in the order of the class vectors' entries, numbered from 1 or not at all"
            )
    return tuple(match[2] for match in numbered)


def _of_csv(lines: Sequence[str]) -> tuple[str, ...]:
    reader = csv.reader(lines, strict=True)
    try:
        header = [title.strip() for title in next(reader, [])]
        rows = [(reader.line_num, [value.strip() for value in row]) for row in reader if row]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} is no CSV: {error}") from error
    column = next((title for title in COLUMNS if title in header), None)
    if column is None:
        raise ValueError(
            f"line 1 has the columns {', '.join(header) or 'none'}; one is to be "
            f"{' or '.join(COLUMNS)}"
        )
    found = [_values(header, row, line, i) for i, (line, row) in enumerate(rows)]
    for (line, _), values in zip(rows, found, strict=True):
        if not values[column]:
            raise ValueError(f"line {line} has no name in its column {column}")
    return tuple(values[column] for values in found)


def _values(header: Sequence[str], row: Sequence[str], line: int, before: int) -> dict[str, str]:
    """The values of a row by column, checked; `before` rows came before it."""
    if len(row) != len(header):
        raise ValueError(
            f"line {line} has {len(row)} values for {len(header)} columns; put quotes around a "
            "name that has a comma"
        )
    values = dict(zip(header, row, strict=True))
    for column, start in COUNTS.items():
        if values.get(column, "") not in ("", str(before + start)):
            raise ValueError(
                f"line {line} has {values[column]} in its column {column or 'without a title'}, "
                f"expected is {before + start}: attributes are to be in the order of the class "
                "vectors' entries"
            )
    return values
