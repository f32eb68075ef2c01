"""Label shift made to measure, where the right probabilities are known."""

from typing import NamedTuple

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from scipy.special import softmax

EXACT = settings(deadline=None, derandomize=True, max_examples=100)
FEWER = settings(EXACT, max_examples=25)  # where one example takes a few milliseconds


class Shift(NamedTuple):
    """Labelled images of a uniform prior, unlabelled ones of another, the same classes."""

    x: np.ndarray  # unlabelled, (N, D)
    truth: np.ndarray  # hidden from the estimators, (N,)
    logits: np.ndarray  # of the unlabelled images: right for a uniform prior, (N, U)
    labelled_logits: np.ndarray  # (M, U)
    labelled_truth: np.ndarray  # (M,)
    means: np.ndarray  # of the classes, (U, D)

    @property
    def prior(self):
        """The shares that the unlabelled images really have."""
        return np.bincount(self.truth, minlength=len(self.means)) / len(self.truth)

    @property
    def uniform(self):
        return np.full(len(self.means), 1 / len(self.means))

    @property
    def answers(self):
        return self.logits.argmax(axis=1)

    @property
    def probabilities(self):
        return softmax(self.logits, axis=1)

    @property
    def labelled_probabilities(self):
        return softmax(self.labelled_logits, axis=1)

    def renamed(self, new):
        """The same problem, with class c called new[c]."""
        old = np.argsort(new)
        return Shift(
            self.x,
            new[self.truth],
            self.logits[:, old],
            self.labelled_logits[:, old],
            new[self.labelled_truth],
            self.means[old],
        )


def gaussians(seed, separation, images=4000, classes=5, ratio=0.5):
    """Classes of unit covariance with equally distant means, each rarer than the last by `ratio`.

    Args:
        separation: distance of any two means, in standard deviations.
    """
    rng = np.random.default_rng(seed)
    means = np.eye(classes, 8) * separation / np.sqrt(2)
    shares = ratio ** np.arange(classes)
    truth = rng.choice(classes, images, p=shares / shares.sum())
    labelled_truth = np.arange(images) % classes
    x, labelled = (means[y] + rng.normal(size=(images, 8)) for y in (truth, labelled_truth))
    logits, labelled_logits = (z @ means.T - (means**2).sum(axis=1) / 2 for z in (x, labelled))
    return Shift(x, truth, logits, labelled_logits, labelled_truth, means)


def tv(p, q):
    """Total variation: the share of images that would have to change class."""
    return abs(p - q).sum() / 2


def assert_distribution(prior, classes):
    assert prior.shape == (classes,)
    assert prior.dtype == np.float64
    assert prior.min() >= 0
    np.testing.assert_allclose(prior.sum(), 1, rtol=1e-12)


@st.composite
def distributions(draw, classes, lowest=0):
    """Shares that are small whole numbers over their sum, (U,), zeros and ties among them."""
    whole = st.lists(st.integers(lowest, 9), min_size=classes, max_size=classes).filter(any)
    parts = np.array(draw(whole), dtype=float)
    return parts / parts.sum()


@st.composite
def outputs(draw):
    """Probabilities (N, U) and a source prior (U,) without zeros."""
    classes, images = draw(st.integers(1, 4)), draw(st.integers(1, 8))
    rows = [draw(distributions(classes)) for _ in range(images)]
    return np.stack(rows), draw(distributions(classes, lowest=1))
