"""captions.csv: what is told of each image."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from zslcore.data.sources.folder import table
from zslcore.data.sources.folder.findings import Findings
from zslcore.data.sources.folder.images import Entry
from zslcore.data.sources.folder.table import Columns

FILE = "captions.csv"
COLUMNS = Columns(("image", "caption"))

Captions = Mapping[str, tuple[str, ...]]
"""By the image's path below images/."""


def read(folder: Path, entries: Sequence[Entry], findings: Findings) -> Captions | None:
    """The captions of each image in the order of the file; None where there is no such file.

    Images go by their whole path, as in images.csv: here no other release of the data has spelled
    it otherwise, so nothing has to be guessed.
    """
    if not (folder / FILE).exists():
        return None
    found = table.read(folder / FILE, COLUMNS, findings)
    if found is None:
        return None
    of: dict[str, list[str]] = {entry.image: [] for entry in entries}
    named = set()
    for row in found.rows:
        image, caption = (row.cells[key] for key in ("image", "caption"))
        path = str(PurePosixPath(image))
        named.add(path)
        if path not in of:
            text = f"image {image!r} is none of the images; name it as below images/"
            findings.problem(FILE, f"{text}, or take the row out", row.number)
        elif not caption:
            findings.problem(FILE, f"the caption of {image} is empty; write one", row.number)
        else:
            of[path].append(" ".join(caption.split()))
    for image in of:
        if image not in named:
            findings.problem(FILE, f"image {image} has no caption; every image needs one")
    return {image: tuple(held) for image, held in of.items()}
