"""A text as the mean of its words' vectors."""

import numpy as np
import pytest

from zslcore.text.means import means


@pytest.fixture
def path(tmp_path):
    (tmp_path / "w.txt").write_text("red 1 0\nfox 0 2\nBIG 4 4\n")
    return tmp_path / "w.txt"


def test_each_word_counts_as_often_as_it_stands_there(path):
    found = means(path, ["red fox", "Fox, fox; red!", "a big fox"])
    np.testing.assert_allclose(found, [[0.5, 1], [1 / 3, 4 / 3], [2, 3]])
    assert found.dtype == np.float64


def test_a_text_of_unknown_words_is_named(path):
    with pytest.raises(ValueError, match=r"w\.txt has no word of 1 texts, such as 'blue yak'"):
        means(path, ["red fox", "blue yak"])
