"""How a stage hands a picture to the report."""

from pathlib import Path

from zslcore.report.drawn import NOTHING, Drawn
from zslcore.runtime.files import write_json


def leave(found: Drawn | None, folder: Path, name: str) -> None:
    """Write both files of a picture; empty ones if there is none.

    Args:
        found: picture, caption and tables.
        folder: of a method and dataset.
        name: of the picture, one of `zslcore.report.drawn.NAMES`.
    """
    write_json(found.about() if found else {}, folder / f"{name}.json")
    (folder / f"{name}.svg").write_bytes(found.picture if found else NOTHING.encode())
