"""Which images there are, and of which class each is: class folders, or images.csv."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from zslcore.data.captions.names import SUFFIXES
from zslcore.data.sources.folder import table
from zslcore.data.sources.folder.classes import Classes
from zslcore.data.sources.folder.findings import Findings, hint, shown
from zslcore.data.sources.folder.table import Row

FOLDER = "images"
FILE = "images.csv"
FEATURES = "features.npy"  # what may be there in place of the images
COLUMNS = table.Columns(("image", "label"), ("set",))
SETS = ("train", "test")


class Entry(NamedTuple):
    """An image: its path below images/, its class, its set or "", and its row or None."""

    image: str
    label: str
    set: str
    row: int | None

    @property
    def where(self) -> tuple[str, int | None]:
        """File and row in which the user finds it."""
        return (f"{FOLDER}/{self.image}", None) if self.row is None else (FILE, self.row)


def read(folder: Path, classes: Classes, findings: Findings) -> list[Entry]:
    """The images in the order of images.csv, or else of their paths.

    Only what can be opened without leaving the folder is listed. Where features.npy has the images,
    their names are taken as they are.
    """
    if (folder / FILE).exists():
        entries = list(_listed(folder, findings))
    elif (folder / FOLDER).is_dir():
        entries = list(_found(folder / FOLDER, classes, findings))
    else:
        findings.problem(
            FOLDER, f"is no folder; put the images into {FOLDER}/<class>/, or name them in {FILE}"
        )
        return []
    if classes:
        _check_labels(entries, classes, findings)
    return entries


def _listed(folder: Path, findings: Findings) -> Iterator[Entry]:
    found = table.read(folder / FILE, COLUMNS, findings)
    if found is None:
        return
    root = None if (folder / FEATURES).exists() else folder / FOLDER
    if root and not root.is_dir():
        findings.problem(FOLDER, f"is no folder; put the images that {FILE} names there")
        return
    first: dict[str, int] = {}
    for row in found.rows:
        if wrong := _wrong_row(row, root, first):
            findings.problem(FILE, wrong, row.number)
        else:
            image = str(PurePosixPath(row.cells["image"]))
            first[image] = row.number
            yield Entry(image, row.cells["label"], row.cells.get("set", ""), row.number)
    if root:
        _remark_unlisted(root, first, findings)


def _wrong_row(row: Row, root: Path | None, first: Mapping[str, int]) -> str:
    """What is wrong with a row of images.csv, or ""; without a root no image is looked for."""
    cells, image = row.cells, str(PurePosixPath(row.cells["image"]))
    if wrong := _wrong_path(root, cells["image"]):
        return wrong
    if image in first:
        return f"{image} is there twice, first in row {first[image]}; keep one"
    if "set" in cells and cells["set"] not in SETS:
        return f"unknown set {cells['set']!r}{hint(cells['set'], SETS)}"
    return ""


def _remark_unlisted(root: Path, listed: dict[str, int], findings: Findings) -> None:
    rest = [path for path in _walk(root) if path.relative_to(root).as_posix() not in listed]
    if rest:
        example = shown(rest[0].relative_to(root).as_posix())
        text = f"{len(rest)} files are not in {FILE}, such as {example}; they are not read"
        findings.remark(FOLDER, text)


def _found(root: Path, classes: Classes, findings: Findings) -> Iterator[Entry]:
    folders = sorted(path for path in root.iterdir() if path.is_dir() and path.name[0] != ".")
    for path in folders:
        if classes and path.name not in classes:
            text = f"is the folder of no class{hint(shown(path.name), tuple(classes))}"
            where = f"{FOLDER}/{shown(path.name)}"
            findings.problem(where, f"{text}; add it to classes.csv, or move it away")
    for path in _walk(root):
        below = path.relative_to(root)
        image, label = below.as_posix(), below.parts[0]
        where = f"{FOLDER}/{shown(image)}"
        if wrong := _wrong_find(root, image):
            findings.problem(where, wrong)
        elif path.suffix.lower() not in SUFFIXES:
            findings.remark(where, "has no extension of an image and is left out")
        elif not classes or label in classes:
            yield Entry(image, label, "", None)


def _walk(root: Path) -> list[Path]:
    """All files below, and links to folders, in the order of their paths; no hidden ones.

    Hidden ones are what systems leave behind.
    """
    found = []
    for where, folders, files in os.walk(root):
        links = [name for name in folders if Path(where, name).is_symlink()]
        folders[:] = [name for name in folders if name[0] != "."]
        found += [Path(where, name) for name in (*files, *links) if name[0] != "."]
    return sorted(found)


def _wrong_find(root: Path, image: str) -> str:
    if not image.isprintable():
        return "has a name with characters that cannot be written; rename it"
    if (root / image).is_dir():
        return "is a link to a folder, which is not followed; put the folder itself here"
    if "/" not in image:
        return f"is in no class folder; move it to {FOLDER}/<class>/, or write {FILE}"
    return _wrong_file(root, image)


def _wrong_path(root: Path | None, image: str) -> str:
    """What is wrong with a path in images.csv, or ""."""
    path = PurePosixPath(image)
    if not image or not image.isprintable():
        return f"{image!r} is no path; it is to be the image's, below {FOLDER}/"
    if path.is_absolute() or ".." in path.parts:
        return f"{image} leads out of {FOLDER}/; name a path below it, and put the image there"
    return _wrong_file(root, image) if root else ""


def _wrong_file(root: Path, image: str) -> str:
    """What keeps an image from being opened, or ""; nothing is opened."""
    path = root / image
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return f"{image} is a link out of {FOLDER}/; put the image itself there"
        if path.is_file():
            return ""
    except (OSError, RuntimeError) as error:  # too long a name, a loop of links
        return f"{image} cannot be opened ({error})"
    if path.exists():
        return f"{image} is no file"
    slashes = "; folders are separated by /" if "\\" in image else ""
    return f"{image} is missing below {FOLDER}/{slashes}; put it there, or take out what names it"


def _check_labels(entries: list[Entry], classes: Classes, findings: Findings) -> None:
    for entry in entries:
        if entry.label not in classes:
            text = f"label {entry.label!r} is no class of classes.csv"
            findings.problem(FILE, text + hint(entry.label, tuple(classes)), entry.row)
        elif entry.set == "train" and classes[entry.label].role == "unseen":
            text = f"{entry.label} is unseen, so that its images cannot be in the set train"
            findings.problem(FILE, f"{text}; set test, or give it another role", entry.row)
    entries[:] = [entry for entry in entries if entry.label in classes]
