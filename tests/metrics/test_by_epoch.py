import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import balanced_accuracy_score

from zslcore.metrics.accuracy import zsl
from zslcore.metrics.by_epoch import best_epoch, zsl_by_epoch

SEEN = np.array([False, True, False, True, False])
UNSEEN = np.flatnonzero(~SEEN)
LABELS = np.array([1, 3, 0, 0, 0, 2, 4, 4, 1])


@pytest.fixture
def answers():
    """Of four epochs and two seeds."""
    return np.random.default_rng(0).choice(UNSEEN, size=(4, 2, len(LABELS))).astype(np.int16)


def test_agrees_with_sklearn_on_the_images_of_unseen_classes(answers):
    u = ~SEEN[LABELS]
    want = [
        [balanced_accuracy_score(LABELS[u], answer[u]) for answer in of_seeds]
        for of_seeds in answers
    ]
    np.testing.assert_allclose(zsl_by_epoch(answers, LABELS, SEEN), want)


def test_agrees_with_the_accuracy_of_the_scores_that_were_answered_from():
    scores = np.random.default_rng(1).normal(size=(3, 2, len(LABELS), len(SEEN)))
    answers = UNSEEN[scores[..., UNSEEN].argmax(axis=-1)]
    want = [[zsl(s, LABELS, SEEN) for s in of_seeds] for of_seeds in scores]
    np.testing.assert_allclose(zsl_by_epoch(answers, LABELS, SEEN), want)


def test_answers_for_other_images_are_refused(answers):
    with pytest.raises(ValueError, match=r"\(4, 2, 8\) are not for 9 images"):
        zsl_by_epoch(answers[:, :, 1:], LABELS, SEEN)


def test_an_answer_that_is_a_seen_class_is_refused(answers):
    answers[2, 1, 4] = 3
    with pytest.raises(ValueError, match="is a seen class"):
        zsl_by_epoch(answers, LABELS, SEEN)


def test_every_seed_takes_its_own_best_epoch():
    """0.9 after the first epoch of one seed, 0.5 after the third of the other."""
    found = best_epoch(np.array([[0.9, 0.1], [0.3, 0.2], [0.4, 0.5]]))
    assert found == {
        "oracle.best_epoch.zsl.acc": pytest.approx(0.7),
        "oracle.best_epoch.zsl.acc_ci95": pytest.approx(
            stats.t.ppf(0.975, 1) * stats.sem([0.9, 0.5])
        ),
    }
