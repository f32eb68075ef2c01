"""A text file per image, one caption per line: Reed's text_c10 and AttnGAN's text folders."""

import io
from collections.abc import Iterator

from zslcore.data.captions.captions import Record
from zslcore.data.captions.config import CaptionsConfig
from zslcore.data.captions.files import Files, Found
from zslcore.data.captions.names import place


def read(found: Found, files: Files, cfg: CaptionsConfig) -> Iterator[Record]:
    """The captions of every file, in the order of the paths."""
    for path in found.paths:
        folder = path.parent.name if path.parent != found.root else ""
        yield Record(place(f"{folder}/{path.stem}"), lines(files.read_text(path)))


def lines(text: str) -> list[str]:
    """The lines of a text, however they end; other characters that may break lines do not."""
    return list(io.StringIO(text, newline=None))
