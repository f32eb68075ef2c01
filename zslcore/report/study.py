"""What a method's studies are: which files they fill, and what the page says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pandas import DataFrame

Study = Mapping[str, DataFrame]
"""The tables of a dataset's folder by the names of their files; those that are there."""


@dataclass(frozen=True)
class Table:
    """How a file of variants is shown.

    Attributes:
        above: what stands above it.
        columns: titles and columns, those of [0, 1] whose half width is in `<column>_ci95`.
    """

    above: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Description:
    """The studies of a method.

    Attributes:
        method: as it is called in headings.
        introduction: begins the section; `{dataset}` stands for its name.
        files: which columns are read of which file.
        tables: of some of these files, in the order of the page.
        captions: what stands below each figure.
    """

    method: str
    introduction: str
    files: Mapping[str, Sequence[str]]
    tables: Mapping[str, Table]
    captions: Mapping[str, str]


def accuracies(*names: str) -> tuple[str, ...]:
    """These columns, and those of their half widths over seeds."""
    return tuple(column for name in names for column in (name, f"{name}_ci95"))
