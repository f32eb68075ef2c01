"""The tables of the report, as frames of texts."""

import math
from collections.abc import Iterator, Mapping

import pandas as pd
from pandas import DataFrame

from zslcore.metrics.names import TITLES, TRAINING_TITLES
from zslcore.report.collect import HEADLINE, Results
from zslcore.report.protocol import PARTS, describe, identity
from zslcore.report.settings import INDUCTIVE, in_order
from zslcore.report.text import percent, records, span

MAIN = {title: key for key, title in TITLES.items()}
TRAINING = {title: key for key, title in TRAINING_TITLES.items()}  # columns of some tables
OVER_IMAGES = ("T1", "H")  # followed by a column with their interval over the images
VALIDATION = "val."
UNKNOWN = (math.nan, math.nan)


def accuracies(results: Results, dataset: str) -> dict[str, dict[str, DataFrame]]:
    """One table per setting and protocol of the dataset's rows, each with the best H first.

    Rows of different settings or protocols never share a table: their order would mean nothing.
    Cells never evaluated stand in the first table.
    """
    ours = _of(results.metrics, dataset)
    ours = ours[ours["metric"].isin([*MAIN.values(), *TRAINING.values()])]
    intervals, ceiling = _of(results.intervals, dataset), _ceiling(results, dataset)
    tables: dict[str, dict[str, DataFrame]] = {}
    for (setting, protocol), numbers in _groups(results, dataset, ours).items():
        rows = _rows(numbers, intervals, _columns(setting, numbers))
        tables.setdefault(setting, {})[protocol] = DataFrame([*rows, *ceiling]).fillna("")
    return tables


def others(results: Results, dataset: str) -> DataFrame:
    """What the methods measured besides the columns of their tables, one number per line."""
    ours = _of(results.metrics, dataset)
    shown = ours["metric"].isin(MAIN.values()) | ours["metric"].str.startswith(VALIDATION)
    shown |= ours["metric"].isin(TRAINING.values()) & (ours["setting"] != INDUCTIVE)
    lines = [
        {
            "method": f"`{line['row']}`",
            "metric": f"`{line['metric']}`",
            "value": f"{line['value']:.4g}",
            "± over seeds": f"{line['ci95']:.2g}" if line["ci95"] > 0 else "",
        }
        for line in records(ours[~shown])
    ]
    return DataFrame(lines)


def provenance(results: Results) -> DataFrame:
    """What every evaluated cell was computed from, one line per dataset and method."""
    lines = [
        {
            "dataset": dataset,
            "method": f"`{method}`",
            **{words: identity(about, part) for part, words in PARTS.items()},
            "validation fold": about.get("fold", ""),
            "seeds": ", ".join(map(str, about.get("seeds", ()))),
        }
        for (dataset, method), about in results.provenance.items()
    ]
    return DataFrame(lines)


def packages(results: Results) -> list[str]:
    """The versions the numbers were computed with: one text, if all by the same."""
    versions = (about.get("packages", {}) for about in results.provenance.values())
    return sorted({", ".join(f"{name} {v[name]}" for name in sorted(v)) for v in versions if v})


def _of(table: DataFrame, dataset: str) -> DataFrame:
    return table[table["dataset"] == dataset]


def _groups(results: Results, dataset: str, ours: DataFrame) -> dict[tuple[str, str], DataFrame]:
    """The numbers of each setting and protocol; cells never evaluated stand with the first."""
    protocols = [describe(results.provenance.get((dataset, m), {})) for m in ours["method"]]
    ours, missing = ours.assign(protocol=protocols), ours["value"].isna()
    groups = {
        (setting, str(protocol)): numbers
        for setting in in_order(ours["setting"][~missing])
        for protocol, numbers in ours[ours["setting"] == setting].groupby("protocol", sort=False)
    }
    if missing.any():
        first = next(iter(groups), (INDUCTIVE, describe({})))
        groups[first] = pd.concat([groups[first], ours[missing]]) if groups else ours[missing]
    return groups


def _columns(setting: str, numbers: DataFrame) -> dict[str, str]:
    """Titles and metrics of a table: what only some rows have stands behind T1, if any has it."""
    if setting == INDUCTIVE:
        return MAIN
    t1, *rest = MAIN.items()
    some = [
        (title, metric) for title, metric in TRAINING.items() if metric in set(numbers["metric"])
    ]
    return dict([t1, *some, *rest])


def _rows(
    ours: DataFrame, intervals: DataFrame, columns: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    numbers = {(n["row"], n["metric"]): (n["value"], n["ci95"]) for n in records(ours)}
    spans = {(n["row"], n["metric"]): (n["low"], n["high"]) for n in records(intervals)}

    def place(row: str) -> float:
        h, _ = numbers.get((row, HEADLINE), UNKNOWN)
        return math.inf if math.isnan(h) else -h

    for row in sorted(dict.fromkeys(ours["row"]), key=place):
        line = {"method": f"`{row}`"}
        for title, metric in columns.items():
            line[title] = percent(*numbers.get((row, metric), UNKNOWN))
            if title in OVER_IMAGES:
                line[f"{title}: 95 % over images"] = span(*spans.get((row, metric), UNKNOWN))
        yield line


def _ceiling(results: Results, dataset: str) -> list[dict[str, str]]:
    if dataset not in results.ceilings:
        return []
    return [{"method": "*ceiling*", "T1": percent(results.ceilings[dataset])}]
