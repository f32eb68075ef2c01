"""What a file is known by: change a byte of it, and its sha256 is another."""

import hashlib
from pathlib import Path


def sha256(path: Path) -> str:
    """The sha256 of a file as hexadecimal digits, read a little at a time.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
