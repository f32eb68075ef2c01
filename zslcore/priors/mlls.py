"""The likeliest class prior under label shift, by expectation maximisation.

Saerens et al. 2002 (https://doi.org/10.1162/089976602753284446); Alexandari et al. 2020
(https://arxiv.org/abs/1901.06852) show that it needs calibrated probabilities: see `temperature`.

It believes what `bbse` believes, and that the probabilities are right for the labelled data.
"""

import numpy as np

from zslcore.priors.checks import Floats, Scores, require_every_class, require_probabilities


def mlls(
    probabilities: Scores, source: Floats, *, tolerance: float = 1e-8, rounds: int = 10_000
) -> Floats:
    """The prior under which the unlabelled images are likeliest, (U,).

    Of prior q, the log-likelihood per image is ``mean(log(probabilities / source @ q))`` up to a
    constant. It is concave, so there is no other maximum to end in, and no round decreases it.

    Args:
        probabilities: of each class for each unlabelled image, under `source`, (N, U).
        source: the prior of the data that the classifier was trained on, (U,); none is 0.
        tolerance: how far, in nats per image, the log-likelihood may be from its maximum.
        rounds: after so many the estimate is taken as it is; then the log-likelihood is at most
            ``log(1 / min(source)) / rounds`` from its maximum.

    Raises:
        ValueError: shapes do not fit, a row is no distribution, or a class has no share of
            `source`.
    """
    _check(probabilities, source)
    prior = source.astype(np.float64)
    likelihood = probabilities / prior  # of each image under each class, up to a factor per image
    for _ in range(rounds):
        gradient = likelihood.T @ (1 / (likelihood @ prior)) / len(likelihood)
        # concave: the maximum is within max(gradient - prior @ gradient), and the product is 1
        if gradient.max() - 1 <= tolerance:
            break
        prior = prior * gradient
    return prior / prior.sum()


def _check(probabilities: Scores, source: Floats) -> None:
    require_probabilities(probabilities, "probabilities")
    if source.shape != probabilities.shape[1:]:
        raise ValueError(
            f"probabilities are {probabilities.shape}, so source must be "
            f"{probabilities.shape[1:]}, is {source.shape}"
        )
    require_probabilities(source.reshape(1, -1), "source")
    require_every_class(source, "share of source")
