"""Vectors for a vocabulary, and what they cover."""

import numpy as np
import pytest

from zslcore.text.vectors import WordVectors, coverage
from zslcore.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary(("bird", "red", "a", "blue"), (5, 3, 1, 1), 12)
HELD = WordVectors(("other", "blue", "bird"), np.array([[9, 9], [1, 2], [3, 4]], dtype=np.float32))


def test_ids_without_a_vector_have_zeros():
    """Padding, unknown, bird, red, a, blue."""
    table = HELD.table(VOCABULARY)
    np.testing.assert_array_equal(table, [[0, 0], [0, 0], [3, 4], [0, 0], [0, 0], [1, 2]])
    assert table.dtype == np.float32


def test_coverage_by_hand():
    """bird and blue are 6 of 12 words; 2 of the 12 are outside the vocabulary."""
    assert coverage(VOCABULARY, HELD) == (2, ("red", "a"), 0.5)


def test_full_coverage_still_lacks_the_words_outside():
    every = WordVectors(VOCABULARY.words, np.ones((4, 1), dtype=np.float32))
    assert coverage(VOCABULARY, every) == (4, (), pytest.approx(10 / 12))


@pytest.mark.parametrize(
    ("words", "array", "message"),
    [
        (("a", "b"), np.ones((1, 3)), r"2 words have vectors of shape \(1, 3\)"),
        (("a",), np.ones(3), r"1 words have vectors of shape \(3,\)"),
        (("a", "a"), np.ones((2, 3)), "a word has more than one vector"),
        (("a", "b"), np.array([[1.0], [np.nan]]), "word vectors has NaN .* first row 1"),
    ],
)
def test_vectors_that_cannot_be(words, array, message):
    with pytest.raises(ValueError, match=message):
        WordVectors(words, array.astype(np.float32))
