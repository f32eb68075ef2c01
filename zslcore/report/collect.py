"""What `evaluate` and `calibrate` left behind, as a few pandas frames.

Only the datasets and methods asked for are read: files of others may still lie about.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame

Provenance = Mapping[str, Any]

PREFIXED = {"baselines"}  # methods of several rows: the row's name leads every key of the metrics
HEADLINE = "gzsl.h"

CURVE = ("method", "unseen", "seen")
PER_CLASS = ("method", "class", "seen", "images", "zsl", "gzsl")
INTERVALS = ("method", "metric", "low", "high")


@dataclass(frozen=True)
class Results:
    """Everything the report shows.

    A method may have several rows (the baselines do); elsewhere the row is the method itself.

    Attributes:
        datasets, methods: those asked for, in this order.
        metrics: one number per line: dataset, method, row, metric, value, ci95 (half width over
            seeds). A cell that was never evaluated is one line whose value is NaN.
        curves: dataset, row, unseen, seen.
        per_class: dataset, row, class, seen, images, zsl, gzsl.
        intervals: dataset, row, metric, low, high: 95 % over the images.
        provenance: what each evaluated (dataset, method) was computed from.
        ceilings: T1 of a classifier trained on real unseen features, per dataset.
    """

    datasets: Sequence[str]
    methods: Sequence[str]
    metrics: DataFrame
    curves: DataFrame
    per_class: DataFrame
    intervals: DataFrame
    provenance: Mapping[tuple[str, str], Provenance]
    ceilings: Mapping[str, float]


def collect(
    datasets: Sequence[str], methods: Sequence[str], metrics: Path, evaluation: Path
) -> Results:
    """Read the cells of `datasets` x `methods`; what is missing stays empty.

    Args:
        datasets, methods: which cells.
        metrics: the folder of <method>/<dataset>.json, <method>/<dataset>.val.json and
            ceiling/<dataset>.json.
        evaluation: the folder of <method>/<dataset>/{curve,per_class,intervals}.csv and
            provenance.json.

    Raises:
        ValueError: a file is not what it should be; names the file.
    """
    cells = [(dataset, method) for dataset in datasets for method in methods]
    folders = {(dataset, method): evaluation / method / dataset for dataset, method in cells}
    provenance = {cell: folder / "provenance.json" for cell, folder in folders.items()}
    tops = {d: metrics / "ceiling" / f"{d}.json" for d in datasets}
    return Results(
        datasets=datasets,
        methods=methods,
        metrics=DataFrame([line for cell in cells for line in _metrics_of(cell, metrics)]),
        curves=_tables(folders, "curve.csv", CURVE),
        per_class=_tables(folders, "per_class.csv", PER_CLASS),
        intervals=_tables(folders, "intervals.csv", INTERVALS),
        provenance={cell: _json(path) for cell, path in provenance.items() if path.exists()},
        ceilings={d: _json(path)["ceiling.zsl.acc"] for d, path in tops.items() if path.exists()},
    )


def _metrics_of(cell: tuple[str, str], folder: Path) -> Iterator[dict[str, Any]]:
    dataset, method = cell
    test, val = (folder / method / f"{dataset}{end}" for end in (".json", ".val.json"))
    about = {"dataset": dataset, "method": method}
    if not test.exists():
        yield about | {"row": method, "metric": HEADLINE, "value": np.nan, "ci95": np.nan}
        return
    numbers = _json(test) | (_json(val) if val.exists() else {})
    for key, value in numbers.items():
        if not key.endswith("_ci95"):
            row, metric = key.split(".", 1) if method in PREFIXED else (method, key)
            ci95 = numbers.get(f"{key}_ci95", np.nan)
            yield about | {"row": row, "metric": metric, "value": value, "ci95": ci95}


def _tables(
    folders: Mapping[tuple[str, str], Path], name: str, columns: Sequence[str]
) -> DataFrame:
    paths = {cell: folder / name for cell, folder in folders.items()}
    found = [
        _table(path, dataset, columns) for (dataset, _), path in paths.items() if path.exists()
    ]
    empty = DataFrame(columns=["dataset", *columns]).rename(columns={"method": "row"})
    return pd.concat(found, ignore_index=True) if found else empty


def _table(path: Path, dataset: str, columns: Sequence[str]) -> DataFrame:
    # a class may be called "null" or "007": only an empty field is a missing one
    table = pd.read_csv(
        path, dtype={"method": str, "class": str}, keep_default_na=False, na_values=[""]
    )
    if missing := [column for column in columns if column not in table]:
        raise ValueError(
            f"{path}: no column {', '.join(missing)}; it has {', '.join(map(str, table))}"
        )
    table = table[list(columns)].rename(columns={"method": "row"})
    table.insert(0, "dataset", dataset)
    return table


def _json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: not JSON: {error}") from error
    return content
