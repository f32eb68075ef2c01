"""Names of images and of their class folders, as far as captions are matched by them."""

import re
from typing import NamedTuple

SUFFIXES = (
    *(".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"),
    *(".jp2", ".avif", ".heic"),
)
SURROGATES = re.compile("[\ud800-\udfff]")  # what stands for a byte that is no UTF-8
NUMBER = re.compile(r"(?:class[_-]?)?(\d+)(?![a-z\d])")  # not that of 3d_printer


class Place(NamedTuple):
    """Where an image is: the folder it is in, or "", and its name without extension."""

    folder: str
    stem: str

    def __str__(self) -> str:
        return f"{self.folder}/{self.stem}" if self.folder else self.stem


def place(path: str) -> Place:
    """The image that a path names, on whichever system it was written; nothing is opened.

    Only extensions of images are dropped: lists also have names without one, with dots in them.
    """
    parts = [part for part in repair(path)[0].replace("\\", "/").split("/") if part]
    folder, name = (["", "", *parts])[-2:]
    suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), "")
    return Place(folder, name[: len(name) - len(suffix)])


def class_number(folder: str) -> int | None:
    """The number that a class folder's name begins with: 9 of 009.Brewer_Blackbird, class_00009."""
    found = NUMBER.match(folder.lower())
    return int(found[1]) if found else None


def repair(text: str) -> tuple[str, int]:
    """Text with U+FFFD for each lone surrogate, which no file could hold, and how many these were.

    Undecodable bytes arrive as lone surrogates (`surrogateescape`), and JSON can spell them out.
    """
    return SURROGATES.subn("\ufffd", text)


def some(names: list[str] | tuple[str, ...], n: int = 3) -> str:
    """The first few of these names, for a message."""
    return ", ".join(names[:n]) + (", .." if len(names) > n else "")
