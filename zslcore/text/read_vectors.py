"""Word vectors from files that people have, without holding more of them than is asked for."""

import gzip
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from zslcore.text import word2vec_binary, word2vec_text
from zslcore.text.vectors import WordVectors

Vector = NDArray[np.float32]


def read(path: Path, words: Collection[str]) -> WordVectors:
    """The vectors of those of these words that a file has, in the order of the words.

    A file whose name ends in .bin or .bin.gz is in word2vec's binary format; any other is text of
    word2vec, fastText (.vec) or GloVe. It is read once, from front to back.

    Captions are in lower case, files often are not: a word that the file does not have takes the
    vector of the first one there that differs from it by case alone (uk that of UK). Of several
    equal words in a file the first counts.

    Args:
        path: of the file; .gz is unpacked on the way.
        words: the wanted ones.

    Raises:
        ValueError: there is no such file, it is damaged, a wanted vector has another dimension or
            a number that is not finite, or the file has none of the words.
    """
    if not path.is_file():
        raise ValueError(f"there is no file of word vectors {path}")
    form = word2vec_binary if path.name.removesuffix(".gz").endswith(".bin") else word2vec_text
    wanted = {word.encode(): word for word in words}
    with _opened(path) as file:
        dimension, records = form.begin(file)
        kept = _kept(records, wanted, lambda raw: _checked(form.numbers(raw), dimension))
        if not kept:
            raise ValueError(
                f"it has none of the {len(words)} wanted words, such as "
                f"{', '.join(list(words)[:5])}: is it of another language?"
            )
    found = {word: kept[key] for key, word in wanted.items() if key in kept}
    return WordVectors(tuple(found), np.array(list(found.values())))


def _kept(
    records: Iterator[tuple[bytes, bytes]],
    wanted: Collection[bytes],
    numbers: Callable[[bytes], Vector],
) -> dict[bytes, Vector]:
    """The vectors of the wanted words, by these words."""
    exact: dict[bytes, Vector] = {}
    folded: dict[bytes, Vector] = {}
    for word, raw in records:
        if word in wanted:
            key, kept = word, exact
        else:
            key, kept = _lower(word), folded
        if key in wanted and key not in kept:
            try:
                kept[key] = numbers(raw)
            except ValueError as error:
                raise ValueError(f"the vector of {word.decode()!r}: {error}") from error
    return folded | exact


def _checked(vector: NDArray[np.float64], dimension: int) -> Vector:
    if len(vector) != dimension:
        raise ValueError(f"it has {len(vector)} numbers, the file's dimension is {dimension}")
    with np.errstate(over="ignore"):  # too large for float32 is infinite, and said below
        single = vector.astype(np.float32)
    if not np.isfinite(single).all():
        raise ValueError("it has NaN or infinite values")
    return single


def _lower(word: bytes) -> bytes:
    """In lower case; bytes that are not UTF-8 stay as they are."""
    if word.isascii():
        return word.lower()
    return word.decode(errors="surrogateescape").lower().encode(errors="surrogateescape")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes; what is found wrong with them becomes an error that names the file."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield cast(BinaryIO, file)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path} is truncated or damaged: {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
