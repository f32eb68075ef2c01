"""The report as one HTML file that needs no other: pictures and style are inside, no script is."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from pandas import DataFrame

from zslcore.report.blocks import Block, Figure, Grid, Heading, Prose
from zslcore.report.drawn import Drawn
from zslcore.report.inlined import inlined
from zslcore.report.text import records

# names may hold what looks like a tag or a picture: neither may come to life
MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")
IN_CONTENTS = (2, 3)  # levels of headings
LONG = 40  # letters; a longer cell is broken into lines

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def as_html(blocks: Sequence[Block]) -> str:
    """The page; a list of its headings stands below the first one.

    Raises:
        ValueError: a picture is no SVG file; names it.
    """
    headings = [block for block in blocks if isinstance(block, Heading)]
    anchors = _anchors(headings)
    left = iter(anchors)
    anchor, parts = "", []
    for place, block in enumerate(blocks):
        own = f"b{place}."  # begins the ids of a block; no anchor has a dot
        match block:
            case Heading(level, text):
                anchor = next(left)
                parts.append(f'<h{level} id="{anchor}">{escape(text)}</h{level}>\n')
                parts += [_contents(headings, anchors)] if level == 1 else []
            case Prose(text):
                parts.append(MARKDOWN.render(text))
            case Grid(above, table):
                parts.append(_grid(above, table, own, anchor))
            case Figure(file, drawn):
                parts.append(_figure(file, drawn, own))
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return PAGE.format(title=escape(headings[0].text), style=style, body="".join(parts))


def _anchors(headings: Iterable[Heading]) -> list[str]:
    """An id for each heading: its words below those of the headings that it stands under."""
    above: dict[int, str] = {}
    given: list[str] = []
    for heading in headings:
        above = {level: text for level, text in above.items() if 1 < level < heading.level}
        above[heading.level] = heading.text
        words = re.findall(r"\w+", " ".join(above.values()).lower())
        given.append("-".join(words) or "part")
    # the same name again has its place behind it
    return [
        f"{each}--{place}" if each in given[:place] else each for place, each in enumerate(given)
    ]


def _contents(headings: Iterable[Heading], anchors: Iterable[str]) -> str:
    lines = [
        f'<li class="level-{heading.level}"><a href="#{anchor}">{escape(heading.text)}</a></li>\n'
        for heading, anchor in zip(headings, anchors, strict=True)
        if heading.level in IN_CONTENTS
    ]
    return (
        '<nav aria-label="Contents">\n<details open>\n<summary>Contents</summary>\n'
        f"<ul>\n{''.join(lines)}</ul>\n</details>\n</nav>\n"
    )


def _grid(above: str, table: DataFrame, own: str, anchor: str) -> str:
    """A table in a box of its own, which scrolls; named by what stands above it."""
    named = f"{own}above" if above else anchor
    says = f'<p id="{named}">{MARKDOWN.renderInline(above)}</p>\n' if above else ""
    head = "".join(
        f'<th scope="col"{_long(name)}>{escape(name)}</th>' for name in map(str, table.columns)
    )
    lines = "".join(_line(*map(str, line.values())) for line in records(table))
    return (
        f'{says}<div class="box" role="group" tabindex="0" aria-labelledby="{named}">\n'
        f"<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{lines}</tbody>\n</table>\n</div>\n"
    )


def _line(first: str, *others: str) -> str:
    cells = "".join(f"<td{_long(text)}>{MARKDOWN.renderInline(text)}</td>" for text in others)
    return f'<tr><th scope="row">{MARKDOWN.renderInline(first)}</th>{cells}</tr>\n'


def _long(text: str) -> str:
    return ' class="long"' if len(text) > LONG else ""


def _figure(file: str, drawn: Drawn, own: str) -> str:
    caption = f"{own}caption"
    try:
        picture = inlined(drawn.picture, own, caption)
    except ValueError as error:
        raise ValueError(f"the picture {file} is {error}; run `dvc repro`") from error
    tables = (
        _grid(each.above, DataFrame(each.lines).fillna(""), f"{own}{place}.", caption)
        for place, each in enumerate(drawn.tables)
    )
    return (
        f'<figure>\n<div class="box picture" role="group" tabindex="0" '
        f'aria-label="{escape(file.removesuffix(".svg"))}">\n{picture}\n</div>\n'
        f'<figcaption id="{caption}">{MARKDOWN.renderInline(drawn.caption)}</figcaption>\n'
        f"</figure>\n{''.join(tables)}"
    )
