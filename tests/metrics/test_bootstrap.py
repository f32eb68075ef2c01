import numpy as np
import pytest

from tests.calibration.reference import exam, exam_h, random_case
from zslcore.calibration.handicap import Handicap
from zslcore.metrics.bootstrap import bootstrap, resample
from zslcore.metrics.evaluation import Evaluation

REPLICATES = 25


def handicap(family, value=0.4):
    return Handicap(family, value, None, None, 0.0)


def staircase(scores, labels, seen, family):
    """AUSUC as a sum over pairs of images: right ones, in the right order."""
    value = np.log if family == "multiplicative" else lambda d: d
    sign = -1 if family == "multiplicative" else 1
    level = sign * value(sign * scores)
    lead = (level[:, seen].max(axis=1) - level[:, ~seen].max(axis=1)).round(9)
    right = [
        np.where(seen == seen[y], row, -np.inf).argmax() == y
        for row, y in zip(scores, labels, strict=True)
    ]
    count = np.bincount(labels)
    share = right / count[labels]
    s, u = np.flatnonzero(seen[labels]), np.flatnonzero(~seen[labels])
    ahead = (lead[u] < lead[s, None]) + 0.5 * (lead[u] == lead[s, None])
    n_seen, n_unseen = len(set(labels[s].tolist())), len(set(labels[u].tolist()))
    return share[s] @ ahead @ share[u] / (n_seen * n_unseen)


@pytest.mark.parametrize("digits", [0, 12])
@pytest.mark.parametrize("family", ["additive", "multiplicative"])
def test_agrees_with_sets_really_resampled(family, digits):
    """Images are repeated as often as they were drawn; percentiles are those of numpy."""
    cases = [random_case(seed, digits) for seed in range(2)]
    seen, labels = cases[0][2], cases[0][1]
    scores = np.stack([scores - 9.0 for scores, _, _ in cases])  # below zero: distances as well
    counts = resample(labels, REPLICATES, seed=0)
    low_high = bootstrap(Evaluation.of(scores, labels, seen, handicap(family)), counts)

    gamma = handicap(family).gamma
    rows = []
    for column in counts.T:
        drawn = np.repeat(np.arange(len(labels)), column)
        sets = [(of_seed[drawn], labels[drawn], seen) for of_seed in scores]
        values = [
            (
                exam(x - 99 * seen, *rest)[1],
                *exam(x, *rest, family, gamma),
                exam_h(x, *rest, family, gamma),
                staircase(x, *rest, family),
            )
            for x, *rest in sets
        ]
        rows.append(np.mean(values, axis=0))
    want = np.percentile(rows, [2.5, 97.5], axis=0).T
    assert list(low_high) == ["zsl.acc", "gzsl.seen", "gzsl.unseen", "gzsl.h", "gzsl.ausuc"]
    np.testing.assert_allclose(list(low_high.values()), want, atol=1e-12)


def test_every_replicate_has_the_class_sizes_of_the_data():
    labels = np.array([3, 0, 0, 5, 3, 3, 3, 0])
    counts = resample(labels, 100, seed=0)
    for c in (0, 3, 5):
        np.testing.assert_array_equal(counts[labels == c].sum(axis=0), (labels == c).sum())


def test_images_of_a_class_are_equally_likely():
    labels = np.repeat([0, 1], [4, 10])
    mean = resample(labels, 20_000, seed=0).mean(axis=1)
    np.testing.assert_allclose(mean, 1.0, atol=0.035)  # standard error 0.007


def test_the_seed_decides():
    labels = np.repeat([0, 1], 20)
    np.testing.assert_array_equal(resample(labels, 5, seed=1), resample(labels, 5, seed=1))
    assert (resample(labels, 5, seed=1) != resample(labels, 5, seed=2)).any()


def test_width_is_that_of_binomial_theory():
    """Two unseen classes of 400 images, each right with p = 1/2: sd = sqrt(1/4 / 400 / 2)."""
    labels = np.repeat([0, 1, 2], [50, 400, 400])
    scores = np.zeros((1, 850, 3))
    answers = np.where(np.arange(850) % 2 == 0, labels, 3 - labels)
    answers[:50] = 0
    scores[0, np.arange(850), answers] = 1
    seen = np.array([True, False, False])
    evaluation = Evaluation.of(scores, labels, seen, handicap("additive", 5.0))
    low, high = bootstrap(evaluation, resample(labels, 2000, seed=0))["gzsl.unseen"]
    sd = np.sqrt(0.25 / 400 / 2)
    assert (low + high) / 2 == pytest.approx(0.5, abs=0.2 * sd)
    assert (high - low) / 2 == pytest.approx(1.96 * sd, rel=0.08)
