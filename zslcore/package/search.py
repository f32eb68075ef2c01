"""Images named one by one, or by the folders that they are in."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image


def images(places: Sequence[Path]) -> list[Path]:
    """Files as they are named; of a folder, all files below it with an image's suffix, sorted.

    Files and folders whose names start with a dot are not looked into. A file is listed once.

    Raises:
        ValueError: a place does not exist, or a folder has no image.
    """
    found: dict[Path, None] = {}  # a set that keeps its order
    for place in places:
        if place.is_file():
            found[place] = None
        elif place.is_dir():
            found.update(dict.fromkeys(_below(place)))
        else:
            raise ValueError(f"there is no file or folder {place}")
    return list(found)


def _below(folder: Path) -> list[Path]:
    suffixes = Image.registered_extensions()
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in suffixes
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not files:
        raise ValueError(f"folder {folder} has no image; looked for files as .png, .jpg, .webp")
    return files
