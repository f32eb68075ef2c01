import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from tests.priors.problems import FEWER, distributions, gaussians
from zslcore.priors.confusion import Confusion

LABELLED = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.7, 0.3]])
TRUTH = np.array([0, 0, 1, 1])
UNLABELLED = np.array([[0.6, 0.4], [0.1, 0.9], [0.2, 0.8]])


def test_hard_answers_by_hand():
    """Answers are 0, 1, 1, 0 to classes 0, 0, 1, 1; then 0, 1, 1."""
    found = Confusion.of(LABELLED, TRUTH, UNLABELLED, "hard")
    np.testing.assert_array_equal(found.joint, [[0.25, 0.25], [0.25, 0.25]])
    np.testing.assert_allclose(found.answered, [1 / 3, 2 / 3])
    assert found.images == 3


def test_soft_answers_by_hand():
    found = Confusion.of(LABELLED, TRUTH, UNLABELLED, "soft")
    np.testing.assert_allclose(found.joint, [[1.3 / 4, 0.9 / 4], [0.7 / 4, 1.1 / 4]])
    np.testing.assert_allclose(found.answered, [0.3, 0.7])


def test_rows_are_answers_and_columns_classes():
    shift = gaussians(0, separation=2, images=300)
    found = Confusion.of(
        shift.labelled_probabilities, shift.labelled_truth, shift.probabilities, "hard"
    )
    answers = shift.labelled_logits.argmax(axis=1)
    want = confusion_matrix(shift.labelled_truth, answers, normalize="all").T
    np.testing.assert_allclose(found.joint, want)
    np.testing.assert_allclose(found.answered * 300, np.bincount(shift.answers, minlength=5))
    assert abs(found.joint - found.joint.T).max() > 0.01


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_single_precision_is_summed_in_double(kind):
    single = [a.astype(np.float32) for a in (LABELLED, UNLABELLED)]
    found = Confusion.of(single[0], TRUTH, single[1], kind)
    assert found.joint.dtype == found.answered.dtype == np.float64
    np.testing.assert_allclose(found.joint.sum(), 1, atol=1e-7)


@FEWER
@given(st.data(), st.integers(1, 4))
def test_shares_add_up_and_certain_answers_are_the_same_hard_or_soft(data, classes):
    rows = st.lists(distributions(classes), min_size=1, max_size=6).map(np.stack)
    unlabelled = data.draw(rows)
    more = data.draw(st.lists(st.integers(0, classes - 1), max_size=5))
    truth = np.array([*range(classes), *more])
    labelled = np.stack([data.draw(distributions(classes)) for _ in truth])
    for kind in ("hard", "soft"):
        found = Confusion.of(labelled, truth, unlabelled, kind)
        np.testing.assert_allclose(found.source * len(truth), np.bincount(truth))
        np.testing.assert_allclose([found.joint.sum(), found.answered.sum()], 1)
        assert found.images == min(len(truth), len(unlabelled))
    certain = [np.eye(classes)[p.argmax(axis=1)] for p in (labelled, unlabelled)]
    hard, soft = (Confusion.of(certain[0], truth, certain[1], kind) for kind in ("hard", "soft"))
    np.testing.assert_array_equal(hard.joint, soft.joint)
    np.testing.assert_array_equal(hard.answered, soft.answered)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labelled": LABELLED * 5}, "row 0 of labelled is no distribution: .*sum 5.*not scores"),
        ({"unlabelled": UNLABELLED - [0.5, -0.5]}, "row 1 of unlabelled .* minimum -0.4"),
        ({"unlabelled": np.full((2, 2), np.nan)}, "unlabelled has 4 values that are not finite"),
        ({"labelled": LABELLED[0]}, r"labelled must be \(N, U\), one row per image, is \(2,\)"),
        ({"unlabelled": UNLABELLED[:0]}, r"unlabelled must be \(N, U\).*is \(0, 2\)"),
        ({"unlabelled": np.eye(3)}, r"must fit, are \(4, 2\), \(4,\) and \(3, 3\)"),
        ({"truth": TRUTH[:3]}, r"must fit, are \(4, 2\), \(3,\) and \(3, 2\)"),
        ({"truth": TRUTH + 1}, "truth contains class 2, allowed are 0 to 1"),
        ({"truth": TRUTH * 0}, r"classes \[1\] have no labelled image"),
        ({"kind": "firm"}, "unknown kind of answers 'firm'; allowed: hard, soft"),
    ],
)
def test_says_what_is_wrong(change, message):
    right = {"labelled": LABELLED, "truth": TRUTH, "unlabelled": UNLABELLED, "kind": "hard"}
    with pytest.raises(ValueError, match=message):
        Confusion.of(**right | change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"joint": np.eye(3) / 3}, r"are \(3, 3\) and \(2,\)"),
        ({"joint": np.eye(2)}, "joint confusion is no distribution"),
        ({"joint": np.diag([1.0, 0.0])}, r"classes \[1\] have no labelled image"),
        ({"answered": np.array([1.0, 0.5])}, "answers to unlabelled images is no distribution"),
        ({"images": 0}, "images must be at least 1, is 0"),
    ],
)
def test_what_is_counted_elsewhere_is_checked_too(change, message):
    right = Confusion(np.eye(2) / 2, np.array([0.5, 0.5]), 10)
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(right, **change)
