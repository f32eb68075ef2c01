"""A text as the mean of its words' vectors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zslcore.text.read_vectors import read
from zslcore.text.words import split


def means(path: Path, texts: Sequence[str]) -> NDArray[np.float64]:
    """The mean of the vectors of each text's words, a word as often as it stands there, (N, G).

    Args:
        path: of word vectors; see `read_vectors`.
        texts: N; words that have no vector do not count.

    Raises:
        ValueError: the file is not in order, or no word of a text has a vector.
    """
    words = [split(text) for text in texts]
    found = read(path, sorted({word for each in words for word in each}))
    have = dict(zip(found.words, found.array.astype(np.float64), strict=True))
    known = [[have[word] for word in each if word in have] for each in words]
    if lacking := [text for text, vectors in zip(texts, known, strict=True) if not vectors]:
        raise ValueError(
            f"{path} has no word of {len(lacking)} texts, such as {lacking[0]!r}; say it in other "
            "words, or take other word vectors"
        )
    return np.array([np.mean(vectors, axis=0) for vectors in known])
