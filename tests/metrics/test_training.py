import numpy as np
import pytest
from scipy import stats

from zslcore.metrics.by_epoch import best_epoch, zsl_by_epoch
from zslcore.metrics.names import TRAINING_TITLES
from zslcore.metrics.prior import prior_errors
from zslcore.metrics.training import BY_EPOCH, Training

SEEN = np.array([False, True, False])
LABELS = np.array([1, 0, 0, 0, 2])
NAMES = ["cat", "cow", "dog"]
TRUE = [0.75, 0.25]


@pytest.fixture
def history():
    """Two seeds, three epochs, monitored after the second and the third."""
    rng = np.random.default_rng(0)
    return {
        "epochs": np.array([2, 3]),
        "answers": rng.choice([0, 2], size=(2, 2, 5)).astype(np.int16),
        "prior": rng.dirichlet(np.ones(2), size=(4, 2)),
    }


def width(values):
    return pytest.approx(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))


def test_the_final_prior_and_all_epochs_are_measured(history):
    found = Training.of(history, LABELS, SEEN).measure()
    zsl = zsl_by_epoch(history["answers"], LABELS, SEEN)
    assert found == best_epoch(zsl) | prior_errors(history["prior"][3], np.array(TRUE))
    assert {key.removesuffix("_ci95") for key in found} == set(TRAINING_TITLES)


def test_by_epoch_joins_what_is_known_of_each(history):
    """A prior before the first epoch, and answers after the second and the third only."""
    lines = Training.of(history, LABELS, SEEN).by_epoch()
    zsl = zsl_by_epoch(history["answers"], LABELS, SEEN)
    assert [tuple(line) for line in lines] == [BY_EPOCH] * 4
    assert [line["epoch"] for line in lines] == [0, 1, 2, 3]
    for line, prior in zip(lines, history["prior"], strict=True):
        errors = [abs(of_seed[0] - TRUE[0]) for of_seed in prior]
        assert line["prior_tv"] == pytest.approx(np.mean(errors))
        assert line["prior_tv_ci95"] == width(errors)
    assert [line["zsl"] for line in lines] == [None, None, *map(pytest.approx, zsl.mean(axis=1))]
    assert [line["zsl_ci95"] for line in lines] == [None, None, width(zsl[0]), width(zsl[1])]


def test_by_class_is_of_the_final_prior_and_unseen_classes(history):
    lines = Training.of(history, LABELS, SEEN).by_class(NAMES)
    assert [line["class"] for line in lines] == ["cat", "dog"]
    assert [line["true"] for line in lines] == TRUE
    estimated = history["prior"][3].mean(axis=0)
    assert [line["estimated"] for line in lines] == pytest.approx(estimated.tolist())


def test_a_row_that_kept_nothing_has_nothing_to_tell():
    training = Training.of({}, LABELS, SEEN)
    assert (training.measure(), training.by_epoch(), training.by_class(NAMES)) == ({}, [], [])


def test_answers_without_a_prior(history):
    del history["prior"]
    training = Training.of(history, LABELS, SEEN)
    assert set(training.measure()) == {f"oracle.best_epoch.zsl.acc{end}" for end in ("", "_ci95")}
    assert training.by_class(NAMES) == []
    lines = training.by_epoch()
    assert [line["epoch"] for line in lines] == [2, 3]
    assert {line["prior_tv"] for line in lines} == {None}


def test_a_prior_without_answers(history):
    training = Training.of({"prior": history["prior"]}, LABELS, SEEN)
    assert set(training.measure()) == {"prior.tv", "prior.tv_ci95", "prior.tv_uniform"}
    lines = training.by_epoch()
    assert [line["epoch"] for line in lines] == [0, 1, 2, 3]
    assert {line["zsl"] for line in lines} == {None}


def test_a_prior_over_other_classes_is_refused():
    prior = np.full((1, 2, 3), 1 / 3)
    with pytest.raises(ValueError, match="prior is over 3 classes; there are 2 unseen ones"):
        Training.of({"prior": prior}, LABELS, SEEN)
