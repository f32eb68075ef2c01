"""One list of answers per image from the scores of all seeds."""

import numpy as np
import pytest

from zslcore.calibration.handicap import Handicap
from zslcore.package.answers import Answer, Ranking
from zslcore.package.classes import Classes

CLASSES = Classes(
    ("a", "b", "c", "d"),
    np.ones((4, 2), np.float32),
    np.array([True, True, False, False]),
    np.array([False, False, False, True]),
    (),
)


def ranking(among=(0, 1, 2, 3), top=2, value=0.0, family="additive"):
    return Ranking(CLASSES, np.array(among), Handicap(family, value, None, None, 0.5), top)


SCORES = np.array([[[4.0, 3, 2, 1], [0, 0, 1, 1]], [[0, 3, 3.5, 1], [0, 2, 1, 1]]], np.float32)


def test_scores_are_means_over_the_seeds_and_votes_their_first_answers():
    first, second = ranking().answers(SCORES)
    assert first == [Answer("b", 3.0, 0, True, False), Answer("c", 2.75, 1, False, False)]
    # of equals the first; the third vote of this image is that of no answer shown
    assert second == [Answer("b", 1.0, 1, True, False), Answer("c", 1.0, 1, False, False)]


def test_seen_classes_are_set_back_in_every_seed_before_it_votes():
    first, _ = ranking(value=1.5).answers(SCORES)
    assert first == [Answer("c", 2.75, 1, False, False), Answer("b", 1.5, 0, True, False)]
    first, _ = ranking(value=-9).answers(SCORES)
    assert [answer.name for answer in first] == ["b", "a"]
    assert [answer.votes for answer in first] == [1, 1]


def test_distances_are_stretched():
    first, _ = ranking(value=1.0, family="multiplicative").answers(-SCORES)
    # seen ones twice as far: a 4, b 6, c 2.75, d 1
    assert [(a.name, a.score) for a in first] == [("d", -1.0), ("c", -2.75)]


@pytest.mark.parametrize(("among", "names"), [((2, 3), ["c", "d"]), ((3,), ["d"]), ((0,), ["a"])])
def test_only_the_classes_asked_for_are_answered(among, names):
    first, second = ranking(among).answers(SCORES)
    assert [answer.name for answer in first] == names
    assert sum(answer.votes for answer in first) == 2
    assert {answer.new for answer in second if answer.name == "d"} <= {True}


def test_more_answers_than_classes_are_all_of_them():
    assert len(ranking(top=9).answers(SCORES)[0]) == 4
