"""The estimators find a skewed prior that a classifier trained on even classes does not.

Thresholds are about 1.5 times the worst of six seeds.
"""

import numpy as np
import pytest

from tests.priors.problems import gaussians, tv
from zslcore.priors.bbse import bbse
from zslcore.priors.confusion import Confusion
from zslcore.priors.cpe import cpe
from zslcore.priors.frequencies import frequencies
from zslcore.priors.mlls import mlls
from zslcore.priors.temperature import fit_temperature


@pytest.fixture(scope="module", params=range(3))
def shift(request):
    """Overlapping classes: three of four images are answered right."""
    return gaussians(request.param, separation=2.5)


@pytest.fixture(scope="module", params=range(3))
def displaced(request):
    """Separate classes, of which the classifier learnt means that are almost half way to others.

    It makes no mistake with labelled images, and does with one of six unlabelled ones.
    """
    shift = gaussians(request.param, separation=10)
    means = 0.55 * shift.means + 0.45 * np.roll(shift.means, 1, axis=0)
    labelled_x = means[shift.labelled_truth]
    logits, labelled_logits = (
        x @ means.T - (means**2).sum(axis=1) / 2 for x in (shift.x, labelled_x)
    )
    return shift._replace(means=means, logits=logits, labelled_logits=labelled_logits)


def confusion(shift, kind):
    return Confusion.of(
        shift.labelled_probabilities, shift.labelled_truth, shift.probabilities, kind
    )


def test_uniform_is_far_and_frequencies_are_not_near(shift):
    assert tv(shift.uniform, shift.prior) > 0.3
    assert tv(frequencies(shift.answers, 5), shift.prior) > 0.1


@pytest.mark.parametrize("solver", ["nonnegative", "ridge"])
@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_bbse_is_near(shift, kind, solver):
    assert tv(bbse(confusion(shift, kind), solver), shift.prior) < 0.055


def test_mlls_is_near(shift):
    assert tv(mlls(shift.probabilities, shift.uniform), shift.prior) < 0.015


def test_mlls_needs_calibrated_probabilities_and_gets_them(shift):
    off = np.array([0.5, -1.0, 0.0, 0.5, 0.0])
    logits, labelled_logits = (4 * (z + off) for z in (shift.logits, shift.labelled_logits))
    bare = shift._replace(logits=logits)
    temperature = fit_temperature(labelled_logits, shift.labelled_truth)
    assert tv(mlls(bare.probabilities, shift.uniform), shift.prior) > 0.1
    assert tv(mlls(temperature.probabilities(logits), shift.uniform), shift.prior) < 0.04


def test_cpe_is_near_where_classes_are_displaced_but_separate(displaced):
    """What the others believe, that images of a class look the same in both data, is wrong."""
    x, prior = displaced.x, displaced.prior
    assert tv(frequencies(displaced.answers, 5), prior) > 0.05
    assert tv(bbse(confusion(displaced, "hard"), "nonnegative"), prior) > 0.05
    assert tv(mlls(displaced.probabilities, displaced.uniform), prior) > 0.05
    assert tv(cpe(x, displaced.answers, displaced.means), prior) < 0.001


def test_cpe_is_worse_than_frequencies_where_classes_overlap(shift):
    """k-means cuts the largest class."""
    found = cpe(shift.x, shift.answers, shift.means)
    assert tv(found, shift.prior) > tv(frequencies(shift.answers, 5), shift.prior)
