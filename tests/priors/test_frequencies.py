import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.priors.problems import EXACT, assert_distribution
from zslcore.priors.frequencies import frequencies


def test_by_hand():
    np.testing.assert_array_equal(frequencies(np.array([1, 1, 0, 1]), 2), [0.25, 0.75])


def test_classes_never_answered_get_zero_the_last_ones_too():
    np.testing.assert_array_equal(frequencies(np.array([1, 3]), 6), [0, 0.5, 0, 0.5, 0, 0])


@EXACT
@given(st.lists(st.integers(0, 6), min_size=1))
def test_is_the_share_of_every_class(answers):
    found = frequencies(np.array(answers), 7)
    assert_distribution(found, 7)
    assert found.tolist() == [answers.count(c) / len(answers) for c in range(7)]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (np.array([], dtype=np.int64), r"answers must be signed integers \(N,\), N > 0"),
        (np.array([[0, 1]]), r"are int64 \(1, 2\)"),
        (np.array([0.0, 1.0]), r"are float64 \(2,\)"),
        (np.array([0, 3]), "answers contains class 3, allowed are 0 to 2"),
        (np.array([0, -1]), "answers contains class -1, allowed are 0 to 2"),
    ],
)
def test_says_what_is_wrong(answers, message):
    with pytest.raises(ValueError, match=message):
        frequencies(answers, 3)
