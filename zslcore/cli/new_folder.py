"""A folder that is there whole, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yields an empty folder beside the path, which takes its place if all goes well.

    Raises:
        ValueError: there is something at the path.
    """
    if path.exists() or path.is_symlink():
        raise ValueError(f"{path} is there already: name a folder that is not")
    beside = path.with_name(f"{path.name}.part")
    rmtree(beside, ignore_errors=True)  # of a run that was killed
    beside.mkdir(parents=True)
    try:
        yield beside
        beside.rename(path)
    except BaseException:
        rmtree(beside)
        raise
