"""Probabilities that are right: bias-corrected temperature scaling.

Alexandari et al. 2020, https://arxiv.org/abs/1901.06852: one temperature for all classes and one
bias per class, by maximum likelihood on labelled images.

Departure from the paper: a weak penalty (see `PENALTY`). The likelihood is the same after adding
a constant to all biases, and has no maximum where the classifier makes no mistake; the penalised
one has a single maximum, where the biases sum to 0.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from zslcore.priors.checks import (
    Floats,
    Labels,
    Scores,
    require_classes,
    require_every_class,
    require_matrix,
)

# Nats over all images, for a bias of 1, or calibrated logits whose standard deviation is 1. Ten
# images outweigh it, and classes told apart without mistake do not get infinite logits.
PENALTY = 0.005
FLATTEST = 1e-3  # smallest such deviation; below 0, classes would change places


class Temperature(NamedTuple):
    """A map from logits to probabilities.

    Attributes:
        value: the temperature; the larger, the less sure.
        bias: added to the logits after division by the temperature, (U,); sums to 0.
    """

    value: float
    bias: Floats

    def probabilities(self, logits: Scores) -> Floats:
        """Calibrated probabilities (N, U) of logits (N, U)."""
        return softmax(logits / self.value + self.bias, axis=1)


def fit_temperature(logits: Scores, truth: Labels) -> Temperature:
    """The temperature and the biases under which the true classes are likeliest.

    They are right for images like the labelled ones: where those are easier to tell apart than
    the unlabelled ones, as synthetic images may be, the probabilities come out too sure.

    Args:
        logits: of a classifier for labelled images that it was not trained on, in any unit, (N, U).
        truth: their classes, (N,).

    Raises:
        ValueError: shapes do not fit, a logit is not finite, a class is out of range or has no
            image.
    """
    _check(logits, truth)
    centred = logits - logits.mean(axis=1, keepdims=True, dtype=np.float64)
    deviation = float(centred.std()) or 1.0  # if all are equal, any unit will do
    n_classes = centred.shape[1]
    found = minimize(
        loss,
        np.append(1.0, np.zeros(n_classes)),
        args=(centred / deviation, truth),
        jac=True,
        method="L-BFGS-B",
        bounds=[(FLATTEST, None)] + n_classes * [(None, None)],
        options={"gtol": 1e-9, "ftol": 1e-14, "maxiter": 10_000},
    )
    return Temperature(deviation / float(found.x[0]), found.x[1:])


def loss(parameters: Floats, logits: Floats, truth: Labels) -> tuple[float, Floats]:
    """The penalised negative log-likelihood per image, and its gradient (1 + U,).

    Convex, as the calibrated logits are linear in the parameters.

    Args:
        parameters: 1 / temperature, then the biases, (1 + U,).
        logits: with a standard deviation of 1 within images, float64, (N, U).
        truth: (N,).
    """
    n, n_classes = logits.shape
    log_p = log_softmax(parameters[0] * logits + parameters[1:], axis=1)
    value = PENALTY * parameters @ parameters - log_p[np.arange(n), truth].sum()
    residual = np.exp(log_p) - np.eye(n_classes)[truth]
    of_data = np.append((residual * logits).sum(), residual.sum(axis=0))
    return float(value / n), (of_data + 2 * PENALTY * parameters) / n


def _check(logits: Scores, truth: Labels) -> None:
    require_matrix(logits, "logits")
    if truth.shape != logits.shape[:1]:
        raise ValueError(f"logits {logits.shape} need one class per row, truth is {truth.shape}")
    require_classes(truth, logits.shape[1], "truth")
    require_every_class(np.bincount(truth, minlength=logits.shape[1]), "labelled image")
