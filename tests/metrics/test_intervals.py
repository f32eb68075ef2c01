import numpy as np
import pytest
from scipy import stats

from zslcore.metrics.intervals import ci95, over_seeds


def test_agrees_with_scipy():
    values = [0.31, 0.35, 0.28, 0.4, 0.33]
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    assert ci95(values) == pytest.approx((high - low) / 2)


def test_two_values_by_table():
    """t = 12.706 at one degree of freedom; the standard error of 0 and 2 is 1."""
    assert ci95([0.0, 2.0]) == pytest.approx(12.706, abs=1e-3)


def test_one_value_has_no_spread():
    assert ci95([0.7]) == 0.0


def test_holds_the_true_mean_in_95_of_100_cases():
    draws = np.random.default_rng(0).normal(3.0, 2.0, size=(4000, 5))
    held = np.mean([abs(values.mean() - 3) <= ci95(values.tolist()) for values in draws])
    assert held == pytest.approx(0.95, abs=0.012)  # three standard errors are 0.010


def test_metrics_are_means_over_seeds_with_their_intervals():
    assert over_seeds({"pq": [0.2, 0.6, 0.7], "found": [3, 4, 5]}) == {
        "pq": pytest.approx(0.5),
        "found": 4.0,
        "pq_ci95": pytest.approx(ci95([0.2, 0.6, 0.7])),
        "found_ci95": pytest.approx(ci95([3, 4, 5])),
    }
