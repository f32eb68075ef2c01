"""The report on disk."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from pandas import DataFrame

from zslcore.report import segmentation
from zslcore.report.as_html import as_html
from zslcore.report.as_markdown import as_markdown
from zslcore.report.blocks import Figure
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
    """Write README.md with its figures, index.html and results.csv into `out`.

    Both pages show the same; index.html has its figures inside.

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
    ends = {
        dataset: sections(study, dataset, draw_studies(study, dataset))
        for dataset, study in studies.items()
    }
    more = segmentation.sections(segmented, ends) if segmented else []
    blocks = page(results, published, figures, ends, more)
    pages = {"README.md": as_markdown(blocks), "index.html": as_html(blocks)}
    for block in blocks:
        if isinstance(block, Figure):
            _put(out / block.file, block.drawn.picture)
    both = [results, segmented] if segmented else [results]
    metrics = pd.concat([of.metrics for of in both])
    pages["results.csv"] = metrics.to_csv(index=False, na_rep="n/a", lineterminator="\n")
    for name, content in pages.items():
        _put(out / name, content.encode())


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")  # a half-written file never has the right name
    beside.write_bytes(content)
    beside.replace(path)
