"""What the classes are called changes nothing but the order of the answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.priors.problems import FEWER, assert_distribution, gaussians
from zslcore.priors.bbse import bbse
from zslcore.priors.confusion import Confusion
from zslcore.priors.cpe import cpe
from zslcore.priors.floor import floored
from zslcore.priors.frequencies import frequencies
from zslcore.priors.mlls import mlls
from zslcore.priors.temperature import fit_temperature


def confusion(shift, kind):
    return Confusion.of(
        shift.labelled_probabilities, shift.labelled_truth, shift.probabilities, kind
    )


def calibrated(shift):
    temperature = fit_temperature(shift.labelled_logits, shift.labelled_truth)
    return mlls(temperature.probabilities(shift.logits), shift.uniform)


def uneven(shift):
    """As if the classifier had been trained on classes as frequent as its labelled answers."""
    return mlls(shift.probabilities, frequencies(shift.labelled_logits.argmax(axis=1), 4))


ESTIMATORS = {
    "frequencies": lambda shift: frequencies(shift.answers, 4),
    "cpe": lambda shift: cpe(shift.x, shift.answers, shift.means),
    "bbse nonnegative hard": lambda shift: bbse(confusion(shift, "hard"), "nonnegative"),
    "bbse nonnegative soft": lambda shift: bbse(confusion(shift, "soft"), "nonnegative"),
    "bbse ridge hard": lambda shift: bbse(confusion(shift, "hard"), "ridge"),
    "bbse ridge soft": lambda shift: bbse(confusion(shift, "soft"), "ridge"),
    "mlls": uneven,
    "mlls calibrated": calibrated,
    "floor": lambda shift: floored(frequencies(shift.answers, 4), 0.15),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_classes_with_other_names_get_the_same_shares(name):
    @FEWER
    @given(st.permutations(range(4)).map(np.array), st.integers(0, 99))
    def check(new, seed):
        shift = gaussians(seed, separation=4, images=80, classes=4)
        found = ESTIMATORS[name](shift)
        assert_distribution(found, 4)
        renamed = ESTIMATORS[name](shift.renamed(new))
        np.testing.assert_allclose(renamed[new], found, atol=1e-6)

    check()


def test_temperature_and_biases_keep_to_their_classes():
    shift, new = gaussians(0, separation=2, images=200, classes=4), np.array([2, 0, 3, 1])
    found = fit_temperature(shift.labelled_logits, shift.labelled_truth)
    renamed = shift.renamed(new)
    again = fit_temperature(renamed.labelled_logits, renamed.labelled_truth)
    assert again.value == pytest.approx(found.value)
    np.testing.assert_allclose(again.bias[new], found.bias, atol=1e-6)
