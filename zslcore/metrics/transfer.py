"""How attributes vary, and whether embeddings keep those that hardly vary over training images.

What does not tell the training classes apart may be lost from an embedding that learns to do so,
and be missed where other classes are to be told apart: the semantic loss of Chen et al. 2018
(https://arxiv.org/abs/1712.01928), section 1 and Figure 1.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zslcore.calibration.best import Floats, Labels
from zslcore.metrics.intervals import ci95

SHARE = 4  # one in so many attributes counts as hardly varying
NOTHING = 1e-12  # a variance that is no more than rounding


class Groups(NamedTuple):
    """The attributes, by how much they vary over the training images.

    Attributes:
        order: all of them, those that vary least first, (A,).
        cut: how many of these stand left of the cut-off, the last of `hardly` among them.
        hardly: those of the lowest quarter, among the attributes that vary over the test images.
        others: the rest of these.
    """

    order: Labels
    cut: int
    hardly: Labels
    others: Labels


class Mean(NamedTuple):
    """Over the seeds, with the half width of its 95 % interval."""

    value: float
    ci95: float


def carried(class_vectors: Floats, labels: Labels) -> Floats:
    """What images have of each attribute: their class's vector (K, A) at unit length, (N, A)."""
    vectors = class_vectors.astype(np.float64)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray((vectors / np.where(length > 0, length, 1.0))[labels])


def variances(class_vectors: Floats, labels: Labels) -> Floats:
    """Of each attribute over images, each of which counts, (A,).

    Args:
        class_vectors: of all classes, (K, A).
        labels: class ids of the images, (N,).
    """
    return np.asarray(carried(class_vectors, labels).var(0))


def cosine(one: Floats, other: Floats) -> float:
    """Of the variances (A,) over two sets of images: 1 if in proportion; 0 if nothing varies."""
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / size if size > 0 else 0.0


def groups(training: Floats, test: Floats) -> Groups | None:
    """Which attributes hardly vary; None if fewer than two vary over the test images.

    Args:
        training: variances over training images of seen classes, (A,).
        test: variances over test images of unseen classes, (A,).
    """
    order = np.argsort(training, kind="stable")
    varying = order[test[order] > NOTHING]
    if len(varying) < 2:
        return None
    few = max(1, len(varying) // SHARE)
    hardly, others = varying[:few], varying[few:]
    return Groups(order, int(np.flatnonzero(order == hardly[-1])[0]) + 1, hardly, others)


def kept(embeddings: Floats, carried: Floats, which: Labels) -> Floats:
    """How well embeddings keep some attributes: correlation with the class's, their mean, (S,).

    Pearson's, over images; 0 for an attribute that all images have embedded alike.

    Args:
        embeddings: of each seed, (S, N, A).
        carried: what the images have of each attribute, (N, A).
        which: attributes, each of which varies over these images.
    """
    made, true = (x[..., which].astype(np.float64) for x in (embeddings, carried))
    made, true = (x - x.mean(-2, keepdims=True) for x in (made, true))
    lengths = np.linalg.norm(made, axis=1) * np.linalg.norm(true, axis=0)
    products = (made * true).sum(1)
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0).mean(1)


def over_seeds(values: Sequence[float] | Floats) -> Mean:
    """Mean of S values and half width of its interval."""
    return Mean(float(np.mean(values)), ci95([float(value) for value in values]))
