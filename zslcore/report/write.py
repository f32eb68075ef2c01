"""The report on disk."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from pandas import DataFrame

from zslcore.report import drawn, segmentation
from zslcore.report.collect import Results
from zslcore.report.page import page
from zslcore.report.studies import sections
from zslcore.report.study import Study

NO_STUDIES: Mapping[str, Study] = MappingProxyType({})


def write(
    results: Results,
    published: DataFrame,
    out: Path,
    studies: Mapping[str, Study] = NO_STUDIES,
    segmented: Results | None = None,
) -> None:
    """Write README.md, results.csv and the figures of every dataset into `out`.

    The same numbers give the same bytes.

    Args:
        results: our numbers.
        published: those of others.
        out: the folder.
        studies: those of a dataset, as `zslcore.report.studies.read` gives them.
        segmented: our numbers of the datasets of segmentation.
    """
    from zslcore.report.figures import (
        draw,
        draw_studies,
    )  # matplotlib: not before there is something to draw

    out.mkdir(parents=True, exist_ok=True)
    figures = {dataset: draw(results, dataset) for dataset in results.datasets}
    of_studies = {d: draw_studies(studies.get(d, {}), d) for d in results.datasets}
    both = [results, segmented] if segmented else [results]
    pictures = {
        drawn.file_name(*cell, name): each.picture
        for of in both
        for cell, found in of.drawn.items()
        for name, each in found.items()
    }
    for made in (*figures.values(), *of_studies.values(), pictures):
        for name, content in made.items():
            _put(out / name, content)
    metrics = pd.concat([of.metrics for of in both])
    table = metrics.to_csv(index=False, na_rep="n/a", lineterminator="\n")
    _put(out / "results.csv", table.encode())
    names = {dataset: list(made) for dataset, made in figures.items()}
    ends = {d: sections(studies.get(d, {}), d, list(of_studies[d])) for d in results.datasets}
    more = segmentation.sections(segmented) if segmented else []
    _put(out / "README.md", page(results, published, names, ends, more).encode())


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")  # a half-written file never has the right name
    beside.write_bytes(content)
    beside.replace(path)
