"""Word vectors as text: word2vec's and fastText's (.vec) with a first line `n G`, GloVe's without.

Each line has a word and its G numbers; the encoding is UTF-8. GloVe's largest files hold words with
blanks in them, so the numbers are the last G fields of a line.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Records = Iterator[tuple[bytes, bytes]]


def begin(file: BinaryIO) -> tuple[int, Records]:
    """The dimension G, and every word with the text of its numbers.

    The numbers are only counted: most words are not wanted.

    Raises:
        ValueError: the file has no vector; later, a line has another dimension than the first one
            says, or there are not as many words as that announces.
    """
    first = file.readline()
    head = first.split()
    if len(head) < 2:
        raise ValueError(f"it begins with {first[:40]!r}, not with a word and its vector")
    if len(head) == 2 and all(field.isdigit() for field in head):
        n, dimension = int(head[0]), int(head[1])
        return dimension, _as_announced(_records(enumerate(file, 2), dimension), n)
    dimension = len(head) - 1
    return dimension, _records(chain([(1, first)], enumerate(file, 2)), dimension)


def numbers(vector: bytes) -> NDArray[np.float64]:
    """The numbers of a vector, (G,).

    Raises:
        ValueError: one of them is none.
    """
    return np.array(vector.split(), dtype=np.float64)


def _records(lines: Iterable[tuple[int, bytes]], dimension: int) -> Records:
    return (_divided(line, dimension, n) for n, line in lines if not line.isspace())


def _as_announced(records: Records, announced: int) -> Records:
    """The same, held to their number."""
    n = 0
    for record in records:
        n += 1
        yield record
    if n != announced:
        raise ValueError(
            f"it has {n} words, its first line announces {announced}: it is truncated, or "
            "something was added"
        )


def _divided(line: bytes, dimension: int, n: int) -> tuple[bytes, bytes]:
    """Word and numbers of line n."""
    word, _, rest = line.rstrip().partition(b" ")
    if rest.count(b" ") == dimension - 1:
        return word, rest
    # the slower way: there are tabs, several blanks, a word with blanks, or a mistake
    fields = line.split()
    surplus = len(fields) - 1 - dimension
    if surplus < 0 or (surplus and all(map(_is_number, fields[1 : 1 + surplus]))):
        raise ValueError(
            f"line {n} has {max(len(fields) - 1, 0)} numbers, the file's dimension is {dimension}; "
            "if the file is binary, its name has to end in .bin"
        )
    return b" ".join(fields[: 1 + surplus]), b" ".join(fields[1 + surplus :])


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
