"""Black-box shift estimation of a class prior. Lipton et al. 2018, https://arxiv.org/abs/1802.03916.

It believes that images of a class look the same in labelled and unlabelled data, only the classes'
shares differ. A classifier then answers as often as ``joint @ (prior / source)``, however wrong
it is, and the equation is solved for the prior.

Departures from the paper, which inverts the matrix: two solvers that also stand a matrix that is
singular or counted from few images.
"""

from typing import Literal, get_args

import numpy as np
from scipy.linalg import solve
from scipy.optimize import nnls

from zslcore.priors.checks import Floats
from zslcore.priors.confusion import Confusion

Solver = Literal["nonnegative", "ridge"]


def bbse(confusion: Confusion, solver: Solver) -> Floats:
    """The class prior of the unlabelled images, (U,).

    Args:
        confusion: how the classifier answers.
        solver: "nonnegative": least squares over weights >= 0. "ridge": that of Bi-VAEGAN's
            released code, with a penalty of one over the number of images, then negative weights
            to 0. It draws weights to 0, not to 1, so that it is biased for many classes, whose
            shares are small beside the penalty.

    Raises:
        ValueError: the solver is unknown, or no answer to unlabelled images is ever given to
            labelled ones.
    """
    prior = _weights(confusion, solver) * confusion.source
    if not prior.any():
        raise ValueError(
            "unlabelled images are only answered "
            f"{np.flatnonzero(confusion.answered).tolist()}, which no labelled image is: nothing "
            "can be said of their classes"
        )
    return prior / prior.sum()


def _weights(confusion: Confusion, solver: Solver) -> Floats:
    """The prior over that of the labelled images, class by class, (U,)."""
    if solver == "nonnegative":
        return nnls(confusion.joint, confusion.answered)[0]
    if solver == "ridge":
        return _ridge(confusion).clip(min=0)
    raise ValueError(f"unknown solver {solver!r}; allowed: {', '.join(get_args(Solver))}")


def _ridge(confusion: Confusion) -> Floats:
    c = confusion.joint
    penalty = np.eye(len(c)) / confusion.images
    return solve(c.T @ c + penalty, c.T @ confusion.answered, assume_a="pos")
