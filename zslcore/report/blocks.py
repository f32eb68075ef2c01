"""What the report is made of, in whatever form it is written."""

from typing import NamedTuple

from pandas import DataFrame

from zslcore.report.drawn import Drawn


class Heading(NamedTuple):
    """Begins a part of the page.

    Attributes:
        level: 1 is the page's own.
        text: plain.
    """

    level: int
    text: str


class Prose(NamedTuple):
    """Paragraphs and lists, in Markdown."""

    text: str


class Grid(NamedTuple):
    """A table.

    Attributes:
        above: stands above it, one paragraph in Markdown; may be empty.
        table: texts, in Markdown.
    """

    above: str
    table: DataFrame


class Figure(NamedTuple):
    """A picture, and what stands below it.

    Attributes:
        file: its name in the report, which no other has.
        drawn: the picture, its caption and its tables.
    """

    file: str
    drawn: Drawn


Block = Heading | Prose | Grid | Figure
