"""A folder for the checkpoints of one very run, so that a killed training can go on."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree


@contextmanager
def scratch(root: Path, inputs: Sequence[Path], mine: bool = True) -> Iterator[Path]:
    """Yields a folder below `root` whose name depends on every byte of the inputs.

    Whatever changes, settings, data or code, the name does too: nothing stale is taken up. The
    folder is removed when the run ends well, and stays when it does not.

    Args:
        root: ignored by Git and DVC.
        inputs: files, and folders with all files below them.
        mine: False for all but one of several processes; they leave the removal to that one.
    """
    folder = root / _digest(inputs)[:16]
    yield folder
    if mine and folder.exists():
        rmtree(folder)


def _digest(inputs: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for given in inputs:
        files = sorted(given.rglob("*")) if given.is_dir() else [given]
        for path in files:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.as_posix().encode())
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
