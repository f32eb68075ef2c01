import json

import numpy as np
import pytest
from scipy import stats

from tests.calibration.reference import exam, exam_h, gammas_between, leads, random_case
from zslcore.calibration.handicap import Handicap
from zslcore.metrics.accuracy import gzsl, zsl
from zslcore.metrics.evaluation import Evaluation
from zslcore.metrics.measure import by_class, measure
from zslcore.metrics.names import KEYS, TITLES, half_width

NAMES = list("abcdef")


@pytest.fixture(params=["additive", "multiplicative"])
def handicap(request):
    return Handicap(request.param, 0.35, None, None, 0.0)


@pytest.fixture(params=[0, 12])
def rows(request):
    """Scores of three seeds, below zero; their labels, and seen."""
    cases = [random_case(seed, request.param) for seed in range(3)]
    scores = np.stack([scores - 9 for scores, _, _ in cases])
    return scores, random_case(0, 0)[1], cases[0][2]


def test_keys_are_stable(rows, handicap):
    means = ["zsl.acc", "gzsl.unseen", "gzsl.seen", "gzsl.h", "gzsl.ausuc"]
    means += [f"gzsl_uncalibrated.{name}" for name in ("unseen", "seen", "h")]
    means += ["oracle.h"]
    found = measure(Evaluation.of(*rows, handicap))
    assert list(found) == [*means, *(f"{key}_ci95" for key in means)]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert len(set(TITLES.values())) == len(means)


def test_agrees_with_plain_argmax_ties_included(rows, handicap):
    scores, labels, seen = rows
    found = measure(Evaluation.of(*rows, handicap))
    calibrated = [gzsl(handicap.apply(s, seen), labels, seen) for s in scores]
    plain = [gzsl(s, labels, seen) for s in scores]
    want = {
        "zsl.acc": [zsl(s, labels, seen) for s in scores],
        "gzsl.seen": [r.seen for r in calibrated],
        "gzsl.unseen": [r.unseen for r in calibrated],
        "gzsl.h": [r.h for r in calibrated],
        "gzsl_uncalibrated.seen": [r.seen for r in plain],
        "gzsl_uncalibrated.unseen": [r.unseen for r in plain],
        "gzsl_uncalibrated.h": [r.h for r in plain],
    }
    for key, values in want.items():
        assert found[key] == pytest.approx(np.mean(values), abs=1e-12)
        width = stats.t.ppf(0.975, 2) * stats.sem(values)
        assert found[half_width(key)] == pytest.approx(width, abs=1e-12)


def test_oracle_is_the_best_that_any_handicap_gives(rows, handicap):
    scores, labels, seen = rows
    found = measure(Evaluation.of(*rows, handicap))
    family = handicap.family
    best = [
        max(
            exam_h(s, labels, seen, family, gamma)
            for gamma in gammas_between(leads(s, seen, family))
        )
        for s in scores
    ]
    assert found["oracle.h"] == pytest.approx(np.mean(best), abs=1e-12)


def test_area_is_that_of_the_steps(rows, handicap):
    scores, labels, seen = rows
    family, areas = handicap.family, []
    for s in scores:
        gammas = gammas_between(leads(s, seen, family))
        steps = np.array([exam(s, labels, seen, family, gamma) for gamma in gammas])
        areas.append(np.trapezoid(steps[:, 0], steps[:, 1]))
    found = measure(Evaluation.of(*rows, handicap))
    assert found["gzsl.ausuc"] == pytest.approx(np.mean(areas), abs=1e-12)


def test_a_handicap_moves_the_calibrated_numbers_only(rows):
    low, high = (
        measure(Evaluation.of(*rows, Handicap("additive", value, None, None, 0.0)))
        for value in (-0.7, 1.7)
    )
    changed = {key for key in KEYS if low[key] != high[key]}
    assert changed == {"gzsl.seen", "gzsl.unseen", "gzsl.h"}
    assert low["gzsl.seen"] > high["gzsl.seen"]
    assert low["gzsl.unseen"] < high["gzsl.unseen"]


def test_one_seed_has_no_spread(rows, handicap):
    scores, labels, seen = rows
    found = measure(Evaluation.of(scores[:1], labels, seen, handicap))
    assert {found[half_width(key)] for key in KEYS} == {0.0}


def test_by_class(rows, handicap):
    scores, labels, seen = rows
    scores, labels = scores[:, labels != 3], labels[labels != 3]
    table = by_class(Evaluation.of(scores, labels, seen, handicap), NAMES)
    assert [row["class"] for row in table] == list("abcef")
    assert [row["images"] for row in table] == [sum(labels == c) for c in (0, 1, 2, 4, 5)]
    for row in table:
        c = NAMES.index(row["class"])
        own = labels == c
        answers = [handicap.apply(s, seen)[own].argmax(axis=1) for s in scores]
        assert row["seen"] == seen[c]
        assert row["gzsl"] == pytest.approx(np.mean([a == c for a in answers]))
        among = [np.where(seen, -np.inf, s)[own].argmax(axis=1) for s in scores]
        assert row["zsl"] == (None if seen[c] else pytest.approx(np.mean([a == c for a in among])))
    means = measure(Evaluation.of(scores, labels, seen, handicap))
    by_side = [np.mean([r["gzsl"] for r in table if r["seen"] == side]) for side in (True, False)]
    assert by_side == pytest.approx([means["gzsl.seen"], means["gzsl.unseen"]])


@pytest.mark.parametrize("shape", [(3, 2), (0, 3, 2)])
def test_scores_of_seeds_are_needed(shape, handicap):
    with pytest.raises(ValueError, match=r"\(S, N, K\), one matrix per seed"):
        Evaluation.of(np.zeros(shape), np.arange(3) % 2, np.array([True, False]), handicap)
