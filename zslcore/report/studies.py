"""The studies of methods on a dataset: results that are committed, as tables and figures."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from zslcore.report.blocks import Block, Figure, Grid, Heading, Prose
from zslcore.report.drawn import Drawn
from zslcore.report.studies_bivaegan import BIVAEGAN
from zslcore.report.studies_clarel import CLAREL
from zslcore.report.studies_dedn import DEDN
from zslcore.report.studies_pading import PADING
from zslcore.report.studies_spaen import SPAEN
from zslcore.report.study import Description, Study
from zslcore.report.text import percent, records

METHODS = (BIVAEGAN, CLAREL, DEDN, SPAEN, PADING)
FILES = {name: columns for method in METHODS for name, columns in method.files.items()}


def read(folder: Path) -> Study:
    """The tables of a dataset's folder by the names of their files; those that are there.

    Raises:
        ValueError: a file lacks a column; names both.
    """
    paths = {name: folder / f"{name}.csv" for name in FILES}
    return {name: _table(path, FILES[name]) for name, path in paths.items() if path.exists()}


def sections(study: Study, dataset: str, figures: Mapping[str, bytes]) -> list[Block]:
    """What the page has of a dataset's studies, method by method; nothing if there are none.

    Args:
        study: as `read` gives it.
        dataset: its name.
        figures: SVG by the names of their files: <dataset>-study-<figure>.svg.
    """
    return [block for method in METHODS for block in _section(method, study, dataset, figures)]


def _section(
    method: Description, study: Study, dataset: str, figures: Mapping[str, bytes]
) -> Iterator[Block]:
    if not study.keys() & method.files.keys():
        return
    yield Heading(3, f"Studies of {method.method} on {dataset}")
    yield Prose(method.introduction.format(dataset=dataset))
    for name, table in method.tables.items():
        if name in study:
            yield Grid(table.above, _scores(study[name], table.columns))
    for file, picture in figures.items():
        name = file.removeprefix(f"{dataset}-study-").removesuffix(".svg")
        if name in method.captions:
            yield Figure(file, Drawn(picture, method.captions[name]))


def _table(path: Path, columns: Sequence[str]) -> DataFrame:
    # a class may be called "null" or "007": only an empty field is a missing one
    names = dict.fromkeys(("variant", "class"), str)
    table = pd.read_csv(path, dtype=names, keep_default_na=False, na_values=[""])
    if missing := [column for column in columns if column not in table]:
        raise ValueError(
            f"{path}: no column {', '.join(missing)}; it has {', '.join(map(str, table))}"
        )
    return table[list(columns)]


def _scores(table: DataFrame, columns: Mapping[str, str]) -> DataFrame:
    lines = [
        {
            "variant": line["variant"],
            **{title: _number(line, column) for title, column in columns.items()},
            "seeds": line["seeds"],
        }
        for line in records(table)
    ]
    return DataFrame(lines)


def _number(line: Mapping[str, float], column: str) -> str:
    """What the variant does not have is left empty."""
    value = line[column]
    return "" if math.isnan(value) else percent(value, line[f"{column}_ci95"])
