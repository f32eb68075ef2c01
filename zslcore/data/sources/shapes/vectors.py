"""Vectors for attribute names, which stand in for word vectors: nothing needs to be downloaded."""

import numpy as np

from zslcore.data.problem import Array
from zslcore.data.sources.shapes.factors import attribute_names

SIZE = 32


def attribute_vectors() -> Array:
    """A vector for each of `attribute_names()`, float32, (A, G), of about unit length.

    That of `shape::star` is the sum of those of its two words, so names of one group are near each
    other (a cosine of about 0.5, and 0 across groups). A word's vector is random, but the same
    always and everywhere: its letters are the seed.
    """
    vectors = [sum(map(_word_vector, name.split("::"))) for name in attribute_names()]
    # rounded: the last bit of a random number may differ between machines
    return np.round(np.array(vectors) / np.sqrt(2 * SIZE), 4).astype(np.float32)


def _word_vector(word: str) -> Array:
    return np.random.default_rng(list(word.encode())).standard_normal(SIZE)
