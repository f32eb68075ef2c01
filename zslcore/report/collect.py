"""What `evaluate` and `calibrate` left behind, as a few pandas frames.

Only the datasets and methods asked for are read: files of others may still lie about.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame

from zslcore.report import drawn
from zslcore.report.drawn import Drawn

Provenance = Mapping[str, Any]
Cell = tuple[str, str]  # dataset, method
Settings = Mapping[str, str]  # of each row

HEADLINE = "gzsl.h"

CURVE = ("method", "unseen", "seen")
PER_CLASS = ("method", "class", "seen", "images", "zsl", "gzsl")
INTERVALS = ("method", "metric", "low", "high")
TRAINING = ("method", "epoch", "zsl", "zsl_ci95", "prior_tv", "prior_tv_ci95")
PRIOR = ("method", "class", "true", "estimated", "low", "high")


@dataclass(frozen=True)
class Results:
    """Everything the report shows.

    A method may have several rows, one of which may have its name. Every frame has the columns
    dataset, row and setting (what the row knew), and its own.

    Attributes:
        datasets, methods: those asked for, in this order.
        metrics: one number per line: method, metric, value, ci95 (half width over seeds). A cell
            that was never evaluated is one line whose setting and value are NaN.
        curves: unseen, seen.
        per_class: class, seen, images, zsl, gzsl.
        intervals: metric, low, high: 95 % over the images.
        training: epoch, zsl, zsl_ci95, prior_tv, prior_tv_ci95; NaN where nothing is known.
        priors: class, true, estimated, low, high: shares of the unseen classes.
        provenance: what each evaluated (dataset, method) was computed from.
        drawn: pictures that stages drew, by their names; of those (dataset, method) that have any.
        ceilings: T1 of a classifier trained on real unseen features, per dataset.
    """

    datasets: Sequence[str]
    methods: Sequence[str]
    metrics: DataFrame
    curves: DataFrame
    per_class: DataFrame
    intervals: DataFrame
    training: DataFrame
    priors: DataFrame
    provenance: Mapping[Cell, Provenance]
    drawn: Mapping[Cell, Mapping[str, Drawn]]
    ceilings: Mapping[str, float]


def collect(
    datasets: Sequence[str], methods: Sequence[str], metrics: Path, evaluation: Path
) -> Results:
    """Read the cells of `datasets` x `methods`; what is missing stays empty.

    Args:
        datasets, methods: which cells.
        metrics: the folder of <method>/<dataset>.json, <method>/<dataset>.val.json and
            ceiling/<dataset>.json.
        evaluation: the folder of <method>/<dataset>/provenance.json and, beside it, of
            {curve,per_class,intervals,training,prior}.csv and pictures.

    Raises:
        ValueError: a file is not what it should be; names the file.
    """
    cells = [(dataset, method) for dataset in datasets for method in methods]
    folders = {(dataset, method): evaluation / method / dataset for dataset, method in cells}
    paths = {cell: folder / "provenance.json" for cell, folder in folders.items()}
    provenance = {cell: _json(path) for cell, path in paths.items() if path.exists()}
    settings = {cell: _settings(paths[cell], about) for cell, about in provenance.items()}
    pictures = {cell: drawn.read(folder, cell[1]) for cell, folder in folders.items()}
    tops = {d: metrics / "ceiling" / f"{d}.json" for d in datasets}
    lines = [line for cell in cells for line in _metrics_of(cell, metrics, settings.get(cell))]
    return Results(
        datasets=datasets,
        methods=methods,
        metrics=DataFrame(lines),
        curves=_tables(folders, settings, "curve.csv", CURVE),
        per_class=_tables(folders, settings, "per_class.csv", PER_CLASS),
        intervals=_tables(folders, settings, "intervals.csv", INTERVALS),
        training=_tables(folders, settings, "training.csv", TRAINING),
        priors=_tables(folders, settings, "prior.csv", PRIOR),
        provenance=provenance,
        drawn={cell: found for cell, found in pictures.items() if found},
        ceilings={d: _json(path)["ceiling.zsl.acc"] for d, path in tops.items() if path.exists()},
    )


def _settings(path: Path, provenance: Provenance) -> Settings:
    if "setting" not in provenance:
        raise ValueError(f"{path} does not say what each row knew (`setting`); run `dvc repro`")
    return provenance["setting"]


def _metrics_of(cell: Cell, folder: Path, settings: Settings | None) -> Iterator[dict[str, Any]]:
    dataset, method = cell
    test, val = (folder / method / f"{dataset}{end}" for end in (".json", ".val.json"))
    about = {"dataset": dataset, "method": method}
    measured = _json(test) if test.exists() else {}
    if not measured:  # or the dataset lacks what the method needs
        nothing = {"metric": HEADLINE, "value": np.nan, "ci95": np.nan}
        yield about | {"row": method, "setting": np.nan} | nothing
        return
    if settings is None:
        raise ValueError(
            f"{test} has numbers, but nothing tells which rows they are of: there is no "
            f"provenance.json of {method} on {dataset}; run `dvc repro` or `dvc pull`"
        )
    numbers = measured | (_json(val) if val.exists() else {})
    for key, value in numbers.items():
        if not key.endswith("_ci95"):
            row, metric = _row_and_metric(key, method, settings)
            of_row = about | {"row": row, "setting": settings.get(row, np.nan)}
            yield of_row | {
                "metric": metric,
                "value": value,
                "ci95": numbers.get(f"{key}_ci95", np.nan),
            }


def _row_and_metric(key: str, method: str, rows: Collection[str]) -> tuple[str, str]:
    """A row's name leads its keys, unless it is the method's own."""
    first, _, rest = key.partition(".")
    return (first, rest) if first in rows and first != method else (method, key)


def _tables(
    folders: Mapping[Cell, Path],
    settings: Mapping[Cell, Settings],
    name: str,
    columns: Sequence[str],
) -> DataFrame:
    found = []
    for cell, folder in folders.items():
        if (folder / name).exists():
            table = _table(folder / name, columns)
            table.insert(0, "dataset", cell[0])
            table.insert(2, "setting", table["row"].map(settings.get(cell, {})))
            found.append(table)
    # a file may be a header only, whose columns have no type
    filled = [table for table in found if len(table)]
    empty = DataFrame(columns=["dataset", "row", "setting", *columns[1:]])
    return pd.concat(filled, ignore_index=True) if filled else empty


def _table(path: Path, columns: Sequence[str]) -> DataFrame:
    # a class may be called "null" or "007": only an empty field is a missing one
    table = pd.read_csv(
        path, dtype={"method": str, "class": str}, keep_default_na=False, na_values=[""]
    )
    if missing := [column for column in columns if column not in table]:
        raise ValueError(
            f"{path}: no column {', '.join(missing)}; it has {', '.join(map(str, table))}"
        )
    return table[list(columns)].rename(columns={"method": "row"})


def _json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: not JSON: {error}") from error
    return content
