"""CSV: a row for each caption, under a header that names the columns."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from zslcore.data.captions import keys
from zslcore.data.captions.captions import Record
from zslcore.data.captions.config import CaptionsConfig
from zslcore.data.captions.files import Files, Found
from zslcore.data.captions.names import place


def read(found: Found, files: Files, cfg: CaptionsConfig) -> Iterator[Record]:
    """The captions of every file, row by row; an image may have several rows."""
    for path in found.paths:
        rows = _rows(files.read_text(path), path)
        _, header = next(rows, (1, []))
        try:
            image, caption = map(header.index, keys.choose(header, cfg))
        except ValueError as error:
            raise ValueError(f"{path}, columns: {error}") from error
        for line, row in rows:
            if len(row) != len(header):
                raise ValueError(
                    f"{path}, line {line} has {len(row)} values for {len(header)} columns; put "
                    "quotes around a caption that has a comma"
                )
            named = place(row[image])
            if not named.stem:
                raise ValueError(f"{path}, line {line} names no image")
            yield Record(named, [row[caption]])


def suits(text: str, cfg: CaptionsConfig) -> bool:
    """Whether the header of a CSV text has columns of captions."""
    try:
        _, header = next(_rows(text, Path()), (1, []))
    except ValueError:
        return False
    return keys.suit(header, cfg)


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the number of its last line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, [value.strip() for value in row]
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num} is no CSV: {error}") from error
