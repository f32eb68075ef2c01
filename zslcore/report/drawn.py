"""Pictures that stages hand to the report, each with words and tables to stand below it.

A picture is two files in the folder of a method and dataset, <name>.svg and <name>.json. A stage
that has nothing to show leaves both, and empty.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pandas import DataFrame

from zslcore.report.text import markdown

NAMES: Mapping[str, Sequence[str]] = {  # that a method's stages draw, in the order of the page
    "dedn": ("attention",),
    "spaen": ("reconstruction", "variances", "embedding"),
    "pading": ("segmentation", "embedding"),
}
NOTHING = '<svg xmlns="http://www.w3.org/2000/svg"/>\n'


class Table(NamedTuple):
    """Texts.

    Attributes:
        above: what stands above it.
        lines: texts by column; where one has no text for a column, it is left empty.
    """

    above: str
    lines: Sequence[Mapping[str, str]]


class Drawn(NamedTuple):
    """A picture and what is said of it.

    Attributes:
        picture: SVG.
        caption: stands below it.
        tables: stand below that.
    """

    picture: bytes
    caption: str
    tables: Sequence[Table] = ()

    def about(self) -> dict[str, Any]:
        """What its JSON file holds."""
        return {"caption": self.caption, "tables": [_packed(table) for table in self.tables]}


def _packed(table: Table) -> dict[str, Any]:
    # the order of columns is kept apart: in a JSON file keys are sorted
    columns = list(dict.fromkeys(column for line in table.lines for column in line))
    return {"above": table.above, "columns": columns, "lines": list(table.lines)}


def read(folder: Path, method: str) -> dict[str, Drawn]:
    """A method's pictures by their names; those that there are.

    Args:
        folder: of a method and dataset.
        method: which of `NAMES`.

    Raises:
        ValueError: a file is not what it should be; names it.
    """
    found = {name: _read(folder, name) for name in NAMES.get(method, ())}
    return {name: drawn for name, drawn in found.items() if drawn}


def _read(folder: Path, name: str) -> Drawn | None:
    picture, about = (folder / f"{name}.{end}" for end in ("svg", "json"))
    if not picture.exists() or not about.exists():
        return None
    try:
        found = json.loads(about.read_text(encoding="utf-8"))
        if not found:
            return None
        tables = [_table(each) for each in found["tables"]]
        return Drawn(picture.read_bytes(), found["caption"], tables)
    except (json.JSONDecodeError, KeyError) as error:
        raise ValueError(
            f"{about} does not say what the picture shows ({error!r}); run `dvc repro`"
        ) from error


def _table(found: Mapping[str, Any]) -> Table:
    columns = found["columns"]
    lines = [{column: line.get(column, "") for column in columns} for line in found["lines"]]
    return Table(found["above"], lines)


def file_name(dataset: str, method: str, name: str) -> str:
    """That of a picture in the report."""
    return f"{dataset}-{method}-{name}.svg"


def section(file: str, drawn: Drawn) -> list[str]:
    """What the page has of it: the picture, the caption, the tables.

    Args:
        file: of the picture.
        drawn: what is said of it.
    """
    lines = [f"![{file.removesuffix('.svg')}]({file})\n", f"*{drawn.caption}*\n"]
    for table in drawn.tables:
        lines += [f"{table.above}\n", markdown(DataFrame(table.lines).fillna(""))]
    return lines
