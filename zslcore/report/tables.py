"""The tables of the report, as frames of texts."""

import math
from collections.abc import Iterator

from pandas import DataFrame

from zslcore.metrics.names import TITLES
from zslcore.report.collect import HEADLINE, Results
from zslcore.report.protocol import PARTS, describe, differences, identity
from zslcore.report.text import percent, points, records, span

MAIN = {title: key for key, title in TITLES.items()}
OVER_IMAGES = ("T1", "H")  # followed by a column with their interval over the images
VALIDATION = "val."
UNKNOWN = (math.nan, math.nan)


def accuracies(results: Results, dataset: str) -> dict[str, DataFrame]:
    """One table per protocol under which the dataset was evaluated, each with the best H first.

    Rows of different protocols never share a table: their order would mean nothing.
    """
    ours = _of(results.metrics, dataset)
    ours = ours[ours["metric"].isin(MAIN.values())]
    tables = {}
    for protocol, methods in _protocols(results, dataset, ours).items():
        rows = _rows(ours[ours["method"].isin(methods)], _of(results.intervals, dataset))
        tables[protocol] = DataFrame([*rows, *_ceiling(results, dataset)]).fillna("")
    return tables


def others(results: Results, dataset: str) -> DataFrame:
    """What the methods measured besides the columns of the main table, one number per line."""
    ours = _of(results.metrics, dataset)
    known = ours["metric"].isin(MAIN.values()) | ours["metric"].str.startswith(VALIDATION)
    lines = [
        {
            "method": f"`{line['row']}`",
            "metric": f"`{line['metric']}`",
            "value": f"{line['value']:.4g}",
            "± over seeds": f"{line['ci95']:.2g}" if line["ci95"] > 0 else "",
        }
        for line in records(ours[~known])
    ]
    return DataFrame(lines)


def comparison(results: Results, published: DataFrame) -> DataFrame:
    """Our numbers beside published ones of the same dataset, row and metric.

    The last but one column is "yes" only where split, features, class vectors and the way of
    choosing the model are the same; the last says what is not.
    """
    ours = results.metrics.dropna(subset="value").rename(columns={"value": "ours"})
    lines = []
    for line in records(ours.merge(published, on=["dataset", "row", "metric"])):
        why = differences(results.provenance.get((line["dataset"], line["method"]), {}), line)
        lines.append(
            {
                "dataset": line["dataset"],
                "method": f"`{line['row']}`",
                "metric": f"`{line['metric']}`",
                "ours": percent(line["ours"], line["ci95"]),
                "published": percent(line["value"]),
                "difference": points(line["ours"] - line["value"]),
                "same protocol?": "no" if why else "yes",
                "why": "; ".join([*why, line["note"]] if line["note"] else why),
                "source": line["source"],
            }
        )
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


def _protocols(results: Results, dataset: str, ours: DataFrame) -> dict[str, list[str]]:
    """The methods of every protocol; those never evaluated stand with the first one."""
    evaluated = dict.fromkeys(ours.dropna(subset="value")["method"])
    missing = [method for method in dict.fromkeys(ours["method"]) if method not in evaluated]
    protocols: dict[str, list[str]] = {}
    for method in evaluated:
        protocol = describe(results.provenance.get((dataset, method), {}))
        protocols.setdefault(protocol, []).append(method)
    if missing:
        protocols.setdefault(next(iter(protocols), describe({})), []).extend(missing)
    return protocols


def _rows(ours: DataFrame, intervals: DataFrame) -> Iterator[dict[str, str]]:
    numbers = {(n["row"], n["metric"]): (n["value"], n["ci95"]) for n in records(ours)}
    spans = {(n["row"], n["metric"]): (n["low"], n["high"]) for n in records(intervals)}

    def place(row: str) -> float:
        h, _ = numbers.get((row, HEADLINE), UNKNOWN)
        return math.inf if math.isnan(h) else -h

    for row in sorted(dict.fromkeys(ours["row"]), key=place):
        line = {"method": f"`{row}`"}
        for title, metric in MAIN.items():
            line[title] = percent(*numbers.get((row, metric), UNKNOWN))
            if title in OVER_IMAGES:
                line[f"{title}: 95 % over images"] = span(*spans.get((row, metric), UNKNOWN))
        yield line


def _ceiling(results: Results, dataset: str) -> list[dict[str, str]]:
    if dataset not in results.ceilings:
        return []
    return [{"method": "*ceiling*", "T1": percent(results.ceilings[dataset])}]
