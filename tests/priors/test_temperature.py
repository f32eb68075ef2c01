import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from scipy.special import log_softmax

from tests.priors.problems import gaussians
from zslcore.priors.temperature import PENALTY, fit_temperature, loss

BIAS = np.array([0.8, -0.2, 0.0, -1.0, 0.4])  # sums to 0


def overconfident(seed, images=4000):
    """Logits that are three times too large, and off by a bias."""
    shift = gaussians(seed, separation=2, images=images)
    return 3 * (shift.labelled_logits - BIAS), shift.labelled_truth


@pytest.mark.parametrize("parameters", [[1, 0, 0, 0, 0, 0], [0.3, *BIAS], [2, 1, 1, 1, 1, 1]])
def test_the_gradient_is_that_of_the_loss(parameters):
    logits, truth = overconfident(0, images=50)
    at = np.array(parameters, dtype=float)
    want = approx_fprime(at, lambda p: loss(p, logits / 5, truth)[0], 1e-7)
    np.testing.assert_allclose(loss(at, logits / 5, truth)[1], want, atol=1e-5)


def test_the_loss_by_hand():
    """Logits (2, 0) halved and biased by (0, 1) are level: ln 2. Penalty of 1/4 + 1, two images."""
    value, _ = loss(np.array([0.5, 0, 1]), np.array([[2.0, 0], [2.0, 0]]), np.array([0, 1]))
    assert value == pytest.approx(np.log(2) + PENALTY * 1.25 / 2)


def test_recovers_temperature_and_bias():
    found = fit_temperature(*overconfident(0, images=20_000))
    assert found.value == pytest.approx(3, rel=0.03)
    np.testing.assert_allclose(found.bias, BIAS, atol=0.06)


def test_agrees_with_another_optimiser():
    """The likelihood alone, over one temperature and the first four biases against the fifth."""
    logits, truth = overconfident(1, images=500)

    def cost(p):
        log_p = log_softmax(logits / p[0] + np.append(p[1:], 0), axis=1)
        return -log_p[np.arange(len(truth)), truth].mean()

    options = {"xatol": 1e-6, "fatol": 1e-12, "maxiter": 10_000, "maxfev": 10_000}
    want = minimize(cost, [1.0, 0, 0, 0, 0], method="Nelder-Mead", options=options).x
    found = fit_temperature(logits, truth)
    assert found.value == pytest.approx(want[0], rel=1e-3)
    np.testing.assert_allclose(found.bias[:4] - found.bias[4], want[1:], atol=1e-3)


def test_calibrated_probabilities_average_to_the_class_shares():
    logits, truth = overconfident(2)
    keep = np.flatnonzero((truth != 1) | (np.arange(len(truth)) % 10 < 2))
    found = fit_temperature(logits[keep], truth[keep]).probabilities(logits[keep])
    shares = np.bincount(truth[keep]) / len(keep)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found.mean(axis=0), shares, atol=2 * PENALTY * 3 / len(keep))


def test_the_map_by_hand():
    found = fit_temperature(*overconfident(0, images=100))
    logits = np.array([[1.0, -2, 0, 4, 0.5]])
    want = np.exp(logits / found.value + found.bias)
    np.testing.assert_allclose(found.probabilities(logits), want / want.sum())


def test_biases_sum_to_zero():
    for seed in range(3):
        assert fit_temperature(*overconfident(seed, images=50)).bias.sum() == pytest.approx(0)


@pytest.mark.parametrize("unit", [1e-4, 1e4])
def test_the_unit_of_the_logits_does_not_matter_nor_an_offset_per_image(unit):
    logits, truth = overconfident(0, images=200)
    offset = np.arange(200)[:, None]
    found, want = fit_temperature(unit * (logits + offset), truth), fit_temperature(logits, truth)
    assert found.value == pytest.approx(unit * want.value)
    np.testing.assert_allclose(found.bias, want.bias, atol=1e-6)


def test_a_classifier_without_mistakes_stays_finite():
    truth = np.arange(60) % 3
    found = fit_temperature(np.eye(3)[truth], truth)
    sure = found.probabilities(np.eye(3)).diagonal()
    assert (sure > 0.99).all()
    assert (sure < 0.9999).all()


def test_logits_that_say_the_opposite_are_ignored_not_turned_over():
    truth = np.arange(60) % 3
    found = fit_temperature(-np.eye(3)[truth], truth)
    np.testing.assert_allclose(found.probabilities(-np.eye(3)), 1 / 3, atol=1e-3)
    assert found.value > 0


def test_logits_that_say_nothing_leave_the_class_shares():
    found = fit_temperature(np.zeros((5, 2)), np.array([0, 0, 0, 0, 1]))
    np.testing.assert_allclose(found.probabilities(np.zeros((1, 2))), [[0.8, 0.2]], atol=2e-3)


def test_single_precision_gives_the_same():
    logits, truth = overconfident(0, images=200)
    single = logits.astype(np.float32)
    found, want = (fit_temperature(z, truth) for z in (single, single.astype(np.float64)))
    assert found.value == want.value
    np.testing.assert_array_equal(found.bias, want.bias)
    assert found.probabilities(single).dtype == np.float64


LOGITS, TRUTH = np.eye(3), np.arange(3)


@pytest.mark.parametrize(
    ("logits", "truth", "message"),
    [
        (LOGITS[0], TRUTH, r"logits must be \(N, U\), one row per image, is \(3,\)"),
        (np.log(LOGITS, where=LOGITS > 0, out=np.full((3, 3), -np.inf)), TRUTH, "not finite"),
        (LOGITS, TRUTH[:2], r"logits \(3, 3\) need one class per row, truth is \(2,\)"),
        (LOGITS, TRUTH + 1, "truth contains class 3, allowed are 0 to 2"),
        (LOGITS, TRUTH // 2, r"classes \[2\] have no labelled image"),
    ],
)
def test_says_what_is_wrong(logits, truth, message):
    with pytest.raises(ValueError, match=message):
        fit_temperature(logits, truth)
