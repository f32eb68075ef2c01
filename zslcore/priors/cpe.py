"""Cluster prior estimation: Bi-VAEGAN, Algorithm 1, lines 9-12 (https://arxiv.org/abs/2303.08698).

It believes that classes are separate clusters of features, not that the classifier is right. Where
they overlap, k-means cuts the largest class, and the classifier's own frequencies can be nearer.

Departures from the paper: it clusters visual features, the released code features augmented by
the regressor; here it is the caller who chooses. As in the released code, a class that is never
answered starts from its synthetic features, of which the paper says nothing.
"""

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from zslcore.priors.checks import Floats, Labels, Scores, require_classes, require_finite
from zslcore.priors.frequencies import frequencies


def cpe(x: Scores, answers: Labels, fallback: Scores) -> Floats:
    """The sizes of `clusters`, (U,); arguments and errors are the same."""
    return frequencies(clusters(x, answers, fallback), len(fallback))


def clusters(x: Scores, answers: Labels, fallback: Scores) -> Labels:
    """The cluster of each image, (N,), by k-means from the classes' pseudo centres.

    The cluster that starts from a class's centre counts as that class. One that loses all its
    images on the way is moved by k-means to the image that is worst represented.

    Args:
        x: features of the unlabelled images, float32 or float64, (N, D); clustered in their own
            precision and left as they are, which takes memory for two more of them.
        answers: a classifier's answers to them, (N,).
        fallback: where a class that is never answered starts: the mean of its synthetic
            features, (U, D).

    Raises:
        ValueError: shapes or types do not fit, an answer is not one of the U classes, a value is
            not finite, or there are fewer images than classes.
    """
    _check(x, answers, fallback)
    centres = fallback.astype(x.dtype)
    for c in np.unique(answers):
        centres[c] = x[answers == c].mean(axis=0)
    means = KMeans(len(centres), init=centres, n_init=1, algorithm="lloyd", random_state=0)
    with warnings.catch_warnings():
        # with fewer distinct images than classes some clusters stay empty: prior 0, as it should
        warnings.simplefilter("ignore", ConvergenceWarning)
        return means.fit_predict(x).astype(np.int64)


def _check(x: Scores, answers: Labels, fallback: Scores) -> None:
    if x.ndim != 2 or fallback.ndim != 2 or x.shape[1:] != fallback.shape[1:] or not x.size:
        raise ValueError(
            f"x must be (N, D) and fallback (U, D), none empty, are {x.shape} and {fallback.shape}"
        )
    if x.dtype not in (np.float32, np.float64):
        raise ValueError(f"x must be float32 or float64, is {x.dtype}")
    if answers.shape != x.shape[:1]:
        raise ValueError(f"{len(x)} images need as many answers (N,), got {answers.shape}")
    if len(x) < len(fallback):
        raise ValueError(
            f"{len(x)} images cannot form {len(fallback)} clusters, one per class; CPE needs at "
            "least one image per class: take another estimator for so few images"
        )
    require_classes(answers, len(fallback), "answers")
    require_finite(x, "x")
    require_finite(fallback, "fallback")
