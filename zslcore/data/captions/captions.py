"""What captions on disk come to: those of each image, and what was noticed on the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from zslcore.data.captions.config import Layout
from zslcore.data.captions.names import Place, repair

ROWS = ("jsonl", "csv")  # layouts in which an image has as many records as captions


class Record(NamedTuple):
    """What one file or one row says: an image, and captions of it as they are written there."""

    image: Place
    captions: Sequence[str]


class Entry(NamedTuple):
    """The captions of one image in the order of the files; () where none is left.

    `folder` is the class folder the image is in, or "" where the layout names none.
    """

    folder: str
    captions: tuple[str, ...]


@dataclass(frozen=True)
class Noticed:
    """What was dropped, repaired or is unusual.

    Attributes:
        empty: captions without a visible character; they are dropped.
        repaired: bytes that are no UTF-8, replaced by U+FFFD.
        without: images that have no caption left.
        several: stems that images of several class folders have; told apart when they are joined.
        merged: images that several files describe, where one is usual; all their captions count.
    """

    empty: int
    repaired: int
    without: tuple[str, ...]
    several: tuple[str, ...]
    merged: tuple[str, ...]


@dataclass(frozen=True)
class Captions:
    """The captions in a folder or file.

    Attributes:
        of: for each stem (name without folder and extension, in lower case; sorted) the images
            that have it: one, except where class folders use the same names.
        layout: that was read.
        path: of what was read.
        files: how many files were read.
        sha256: over the names and bytes of these files, in the order in which they are read.
        noticed: what a reader of the results should know.
    """

    of: Mapping[str, tuple[Entry, ...]]
    layout: Layout
    path: Path
    files: int
    sha256: str
    noticed: Noticed


def collect(
    records: Iterable[Record], layout: Layout
) -> tuple[dict[str, tuple[Entry, ...]], Noticed]:
    """Records put together by image, and their captions made tidy.

    Images are told apart by folder and name, in upper or lower case alike.
    """
    found: dict[Place, list[Record]] = {}
    for record in records:
        image = record.image
        found.setdefault(Place(image.folder.lower(), image.stem.lower()), []).append(record)
    of: dict[str, list[Entry]] = {}
    empty = repaired = 0
    for image in sorted(found, key=lambda image: (image.stem, image.folder)):
        written = [repair(text) for record in found[image] for text in record.captions]
        tidy = [" ".join(text.split()) for text, _ in written]
        empty += tidy.count("")
        repaired += sum(count for _, count in written)
        entry = Entry(found[image][0].image.folder, tuple(filter(None, tidy)))
        of.setdefault(image.stem, []).append(entry)
    noticed = Noticed(
        empty=empty,
        repaired=repaired,
        without=tuple(
            str(Place(e.folder, stem)) for stem, es in of.items() for e in es if not e.captions
        ),
        several=tuple(stem for stem, entries in of.items() if len(entries) > 1),
        merged=tuple(str(i) for i, rs in found.items() if len(rs) > 1 and layout not in ROWS),
    )
    return {stem: tuple(entries) for stem, entries in of.items()}, noticed
