"""A vector for each word, wherever it is from."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zslcore.data.problem import check_finite
from zslcore.text.tokens import FIRST
from zslcore.text.vocabulary import Vocabulary

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class WordVectors:
    """Vectors of some words.

    Attributes:
        words: n of them.
        array: their vectors, float32, (n, G).

    Raises:
        ValueError: the shape does not fit, a word occurs twice, or a number is not finite.
    """

    words: tuple[str, ...]
    array: Vectors

    def __post_init__(self) -> None:
        if self.array.ndim != 2 or len(self.array) != len(self.words):
            raise ValueError(f"{len(self.words)} words have vectors of shape {self.array.shape}")
        if len(set(self.words)) != len(self.words):
            raise ValueError("a word has more than one vector")
        check_finite("word vectors", self.array)

    def table(self, vocabulary: Vocabulary) -> Vectors:
        """The vector of every id, (ids, G): zero for padding, the unknown word and missing ones."""
        have = dict(zip(self.words, self.array, strict=True))
        table = np.zeros((FIRST + len(vocabulary.words), self.array.shape[1]), dtype=np.float32)
        for i, word in enumerate(vocabulary.words, FIRST):
            table[i] = have.get(word, 0)
        return table


class Coverage(NamedTuple):
    """How much of a vocabulary has a vector.

    Attributes:
        found: number of its words that do.
        missing: those that do not, most frequent first.
        share: of the words in the captions that the vocabulary was made from, repeated ones
            counted each time; words outside the vocabulary count as not covered.
    """

    found: int
    missing: tuple[str, ...]
    share: float


def coverage(vocabulary: Vocabulary, vectors: WordVectors) -> Coverage:
    """What of a vocabulary these vectors cover."""
    have = set(vectors.words)
    times = dict(zip(vocabulary.words, vocabulary.counts, strict=True))
    missing = tuple(word for word in times if word not in have)
    covered = sum(count for word, count in times.items() if word in have)
    return Coverage(len(times) - len(missing), missing, covered / vocabulary.total)
