"""Files below a folder, read whole, with a record of what was read."""

import codecs
import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from zslcore.data.captions.config import Layout


class Found(NamedTuple):
    """Which files to read as which layout; they are below `root`, in the order of their paths."""

    layout: Layout
    root: Path
    paths: tuple[Path, ...]


class Files:
    """Reads files and remembers how many, and a sha256 over their names and bytes as they came.

    The readers go through files in a fixed order, so the sum says whether captions have changed.

    Args:
        root: names count from here.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.count = root, 0
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of all that was read so far, hexadecimal."""
        return self._digest.hexdigest()

    def read(self, path: Path) -> bytes:
        """The bytes of a file below the root."""
        content = path.read_bytes()
        name = os.fsencode(path.relative_to(self.root).as_posix())
        self._digest.update(name + b"\0%d\0" % len(content))
        self._digest.update(content)
        self.count += 1
        return content

    def read_text(self, path: Path) -> str:
        """The text of a file below the root, as `decode` reads it."""
        return decode(self.read(path), path)


def decode(content: bytes, path: Path) -> str:
    """UTF-8 with or without a byte order mark; a byte that is none becomes a lone surrogate.

    Raises:
        ValueError: the file is marked as UTF-16.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError(f"{path} is UTF-16; captions are to be UTF-8: save it as that")
    return content.decode("utf-8-sig", errors="surrogateescape")
