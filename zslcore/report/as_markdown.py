"""The report as Markdown, whose pictures are files beside it."""

from collections.abc import Iterable

from zslcore.report.blocks import Block, Figure, Grid, Heading, Prose
from zslcore.report.drawn import section
from zslcore.report.text import markdown


def as_markdown(blocks: Iterable[Block]) -> str:
    """The page, as GitHub shows it."""
    return "\n".join(part for block in blocks for part in _parts(block))


def _parts(block: Block) -> list[str]:
    match block:
        case Heading(level, text):
            return [f"{'#' * level} {text}\n"]
        case Prose(text):
            return [f"{text.strip()}\n"]
        case Grid(above, table):
            return [f"{above}\n", markdown(table)] if above else [markdown(table)]
        case Figure(file, drawn):
            return section(file, drawn)
