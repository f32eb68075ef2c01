"""Result files that are filled part by part: a part measured anew takes its old place."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Lines = Sequence[Mapping[str, Any]]


def put(path: Path, columns: Sequence[str], own: Mapping[str, str], lines: Lines) -> None:
    """Write lines, each with `own` in front, in the place of those of the file that have `own`."""
    kept: list[dict[str, str]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            kept = list(csv.DictReader(file))
    stays = [any(line[name] != value for name, value in own.items()) for line in kept]
    place = stays.index(False) if False in stays else len(kept)
    others = [line for line, stay in zip(kept, stays, strict=True) if stay]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(others[:place])
        writer.writerows({k: short(v) for k, v in {**own, **line}.items()} for line in lines)
        writer.writerows(others[place:])


def done(path: Path, column: str) -> set[str]:
    """The values of a column; none without a file."""
    if not path.exists():
        return set()
    with path.open(encoding="utf-8", newline="") as file:
        return {line[column] for line in csv.DictReader(file)}


def short(value: object) -> object:
    """Five digits are more than a figure shows."""
    return f"{value:.5g}" if isinstance(value, float | np.floating) else value
