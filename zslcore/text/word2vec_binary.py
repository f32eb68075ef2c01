"""word2vec's binary files (Mikolov et al. 2013, https://code.google.com/archive/p/word2vec).

A line `n G`; then n times a word, a blank and G little-endian float32. Some writers end each vector
with a line break, others do not.
"""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Records = Iterator[tuple[bytes, bytes]]
CHUNK = 1 << 20  # bytes read at once; no word is as long


def begin(file: BinaryIO) -> tuple[int, Records]:
    """The dimension G, and every word with the bytes of its vector.

    Raises:
        ValueError: the first line is not `n G`; later, the file ends too early or goes on after n
            words.
    """
    n, dimension = _header(file)
    return dimension, _records(file, n, 4 * dimension)


def numbers(vector: bytes) -> NDArray[np.float64]:
    """The numbers of a vector, (G,)."""
    return np.frombuffer(vector, dtype="<f4").astype(np.float64)


def _records(file: BinaryIO, n: int, size: int) -> Records:
    buffer, at = b"", 0
    for k in range(n):
        blank = buffer.find(b" ", at)
        if blank < 0 or blank + 1 + size > len(buffer):
            buffer, at = buffer[at:] + file.read(CHUNK + size), 0
            blank = buffer.find(b" ")
        end = blank + 1 + size
        if blank < 0 or end > len(buffer):
            raise ValueError(
                f"it ends in word {k + 1} of the {n} that its first line announces: it is "
                "truncated, or not a binary word2vec file"
            )
        yield buffer[at:blank].lstrip(b"\n"), buffer[blank + 1 : end]
        at = end
    if (buffer[at:] + file.read(CHUNK)).strip(b"\n"):
        raise ValueError(f"it goes on after the {n} words that its first line announces")


def _header(file: BinaryIO) -> tuple[int, int]:
    """Number of words, and of dimensions."""
    line = file.readline(CHUNK)
    fields = line.split()
    if len(fields) != 2 or not all(field.isdigit() and int(field) for field in fields):
        raise ValueError(
            f"it begins with {line[:40]!r}, not with the number of words and that of their "
            "dimensions, as a binary word2vec file does; fastText's own .bin is another format: "
            "use its .vec"
        )
    return int(fields[0]), int(fields[1])
