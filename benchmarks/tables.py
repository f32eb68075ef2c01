"""Result files that are filled part by part: a part measured anew takes its old place."""

import csv
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.metrics.names import half_width

ACCURACIES = {"T1": "t1", "H": "h"}
Lines = Sequence[Mapping[str, Any]]


class LeftOut(Exception):
    """A variant that this dataset does not have; says why."""


def fill(
    asked: Mapping[str, Mapping[str, Any]],
    seeds: int,
    out: Path,
    columns: Sequence[str],
    measure: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    titles: Mapping[str, str] = ACCURACIES,
) -> None:
    """Measure every variant that the result file does not have, a line each.

    Args:
        asked: the changes of each variant.
        seeds: that each is measured on.
        out: the result file.
        columns: of it, variant, seconds, seeds and changes among them.
        measure: a variant's line, from its changes; raises `LeftOut` if there is none.
        titles: columns that are printed, by what they are called there.

    Raises:
        SystemExit: the file has a variant with other changes, or of another number of seeds.
    """
    for variant in left(asked, seeds, out):
        began = time.monotonic()
        try:
            line = measure(asked[variant])
        except LeftOut as reason:
            print(f"{variant:<28} left out: {reason}", flush=True)
            continue
        seconds = round(time.monotonic() - began)
        about = {"seeds": seeds, "seconds": seconds, "changes": json.dumps(asked[variant])}
        put(out, columns, {"variant": variant}, [{**line, **about}])
        print(f"{variant:<28} {shown(line, titles)}", flush=True)


def shown(line: Mapping[str, Any], titles: Mapping[str, str] = ACCURACIES) -> str:
    """Some of its numbers, in percent."""
    return "  ".join(
        f"{title} {100 * line[key]:5.1f} ± {100 * line[half_width(key)]:.1f}"
        for title, key in titles.items()
    )


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


def left(asked: Mapping[str, Mapping[str, Any]], seeds: int, out: Path) -> list[str]:
    """The variants that the result file does not have.

    Raises:
        SystemExit: it has one with other changes, or of another number of seeds.
    """
    done: set[str] = set()
    if out.exists():
        with out.open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file)
            for line in lines:
                _require_same(line, asked, seeds, f"{out}, line {lines.line_num}")
                done.add(line["variant"])
    return [variant for variant in asked if variant not in done]


def _require_same(
    line: Mapping[str, str], asked: Mapping[str, Mapping[str, Any]], seeds: int, where: str
) -> None:
    changes, of = json.loads(line["changes"]), int(line["seeds"])
    wanted = asked.get(line["variant"], changes)
    if (changes, of) != (wanted, seeds):
        raise SystemExit(
            f"{where}: {line['variant']} was run with {changes} and {of} seeds, asked for is "
            f"{wanted} and {seeds}; one table must not mix them: ask for the same, or remove the "
            "lines that are out of date"
        )


def short(value: object) -> object:
    """Five digits are more than a figure shows."""
    return f"{value:.5g}" if isinstance(value, float | np.floating) else value
