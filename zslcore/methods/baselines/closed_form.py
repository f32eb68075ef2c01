"""Baselines with one linear solve, all from X'X and the class sums: no array of N rows is built.

    eszsl        Romera-Paredes and Torr 2015, https://proceedings.mlr.press/v37/romera-paredes15.html
    sync         Changpinyo et al. 2016, https://arxiv.org/abs/1603.00550; here with the squared
                 loss and phantoms fixed at the seen class vectors: ESZSL on other signatures
    ridge_vs/sv  Shigeto et al. 2015, https://arxiv.org/abs/1507.00825: regression from images to
                 class vectors, or the reverse
    sae_vs/sv    Kodirov et al. 2017, https://arxiv.org/abs/1704.08345: its encoder (F to S), or its
                 decoder (S to F)

Each takes its setting as keywords and returns a scorer.
"""

import torch
from torch import Tensor

from zslcore.methods.baselines.config import Metric, Targets
from zslcore.methods.baselines.prepared import Prepared, Spectrum, spectrum
from zslcore.methods.baselines.scorers import (
    Compatibility,
    Nearest,
    NearestImage,
    Synthesised,
    shares,
)


def eszsl(data: Prepared, *, gamma: float, lam: float, targets: Targets) -> Compatibility:
    """W = (X'X + gamma I)^-1 X'YS (S'S + lam I)^-1, Y over the seen classes."""
    sums = data.sums
    if targets == "plus_minus":
        sums = 2 * sums - sums.sum(0)
    return Compatibility(*_eszsl(data, sums, data.vectors, gamma, lam))


def sync(data: Prepared, *, gamma: float, lam: float, sigma: float) -> Synthesised:
    """Classifiers mixed from those of phantom classes, by nearness of the class vectors.

    `sigma` is in units of the root mean square distance between seen class vectors, so that it
    means the same for class vectors of any length; `lam` is 0 in the paper.
    """
    width = usual_distance(data) * sigma**2
    mixed = shares(data.vectors, data.seen_vectors, width)
    return Synthesised(*_eszsl(data, data.sums, mixed, gamma, lam), data.seen_vectors, width)


def ridge_vs(data: Prepared, *, gamma: float, metric: Metric) -> Nearest:
    """W (D, A) minimises |XW - S_y|^2 + gamma |W|^2; the class vector nearest to xW."""
    weight = ridge(data.gram, data.sums.T @ data.seen_vectors, gamma)
    return Nearest(weight, data.vectors, metric)


def ridge_sv(data: Prepared, *, gamma: float, metric: Metric) -> NearestImage:
    """P (A, D) minimises |X - S_y P|^2 + gamma |P|^2; the prototype sP nearest to x."""
    weight = ridge(class_gram(data), data.seen_vectors.T @ data.sums, gamma)
    return NearestImage(data.vectors @ weight, weight, metric)


def sae_vs(data: Prepared, *, lam: float) -> Nearest:
    """The class vector at the smallest angle with the code Wx."""
    return Nearest(sae(data, lam).T, data.vectors, "cosine")


def sae_sv(data: Prepared, *, lam: float) -> NearestImage:
    """The class whose decoded vector W's is at the smallest angle with x."""
    weight = sae(data, lam)
    return NearestImage(data.vectors @ weight, weight, "cosine")


def sae(data: Prepared, lam: float) -> Tensor:
    """W (A, D) minimises |X - S_y W|^2 + lam |X W' - S_y|^2, rows of X being images.

    Its Sylvester equation S'S W + lam W X'X = (1 + lam) S'X, solved in the two eigenbases.
    """
    images, classes = data.gram, class_gram(data)
    middle = (1 + lam) * data.seen_vectors.T @ data.sums
    return between(classes, images, middle, classes.values[:, None] + lam * images.values)


def ridge(gram: Spectrum, towards: Tensor, gamma: float) -> Tensor:
    """(gram + gamma I)^-1 towards."""
    values, vectors = gram
    return vectors @ ((vectors.T @ towards) / (values + gamma)[:, None])


def usual_distance(data: Prepared) -> Tensor:
    """The mean squared distance between two seen class vectors, ()."""
    apart = torch.cdist(data.vectors, data.seen_vectors).square()
    count = len(data.seen_vectors)
    return apart[data.seen].sum() / (count * (count - 1))


def class_gram(data: Prepared) -> Spectrum:
    """S_y'S_y over the training images, (A, A)."""
    return spectrum(data.seen_vectors.T @ (data.members[:, None] * data.seen_vectors))


def between(left: Spectrum, right: Spectrum, middle: Tensor, divisor: Tensor) -> Tensor:
    """`middle` divided by `divisor` in the bases of `left` (rows) and `right` (columns)."""
    inner = (left.vectors.T @ middle @ right.vectors) / divisor
    return left.vectors @ inner @ right.vectors.T


def _eszsl(
    data: Prepared, sums: Tensor, signatures: Tensor, gamma: float, lam: float
) -> tuple[Tensor, Tensor]:
    """Weights of all classes (1, 1, D, K), and what takes signatures to them, (1, 1, D, A)."""
    images, seen = data.gram, signatures[data.seen]
    classes = spectrum(seen.T @ seen)
    divisor = (images.values + gamma)[:, None] * (classes.values + lam)
    maps = between(images, classes, sums.T @ seen, divisor)
    return (maps @ signatures.T)[None, None], maps[None, None]
