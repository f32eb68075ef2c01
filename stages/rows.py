"""How rows of results are named and written."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CURVE = ("method", "unseen", "seen", "h")
"""Columns of a seen-unseen curve."""


def prefix(method: str, row: str) -> str:
    """What leads a metric's key: nothing for the row that has the method's name."""
    return "" if row == method else f"{row}."


def write_csv(lines: Sequence[Mapping[str, Any]], path: Path, columns: Sequence[str] = ()) -> None:
    """One line per record, floats with six digits.

    Args:
        lines: records; None becomes an empty field.
        path: the file.
        columns: of the header; those of the first record unless given.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns or lines[0]), lineterminator="\n")
        writer.writeheader()
        for line in lines:
            writer.writerow({k: round(v, 6) if type(v) is float else v for k, v in line.items()})
