"""Numbers of images per class, turned into what a data card says of them."""

from typing import Any

import numpy as np

from zslcore.data.problem import Array, Labels

DIGITS = 6
"""Of every fraction, so that the last bit of a sum never shows up as a changed card."""


def per_class(counts: Labels) -> dict[str, Any]:
    """How many images a set of U or K classes has, and how unevenly; `ratio` is max / min."""
    return {
        "classes": len(counts),
        "images": int(counts.sum()),
        "min": int(counts.min()),
        "median": float(np.median(counts)),
        "max": int(counts.max()),
        "ratio": round(float(counts.max() / counts.min()), DIGITS) if counts.min() else None,
    }


def prior(counts: Labels) -> dict[str, float]:
    """Entropy of the class frequencies in nats, that of equal frequencies, the largest one."""
    share = counts[counts > 0] / counts.sum()
    return {
        "entropy": round(abs(float((share * np.log(share)).sum())), DIGITS),
        "entropy_if_uniform": round(float(np.log(len(counts))), DIGITS),
        "largest_share": round(float(share.max()), DIGITS),
    }


def norms(vectors: Array) -> dict[str, Any]:
    """Size of the class vectors (K, A), the span of their lengths, and their negative entries."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    return {
        "size": vectors.shape[1],
        "norm_min": round(float(lengths.min()), DIGITS),
        "norm_max": round(float(lengths.max()), DIGITS),
        "negative_entries": int((vectors < 0).sum()),
    }


def attribute_variance_cosine(vectors: Array, train: Labels, test: Labels) -> float | None:
    """How alike attributes vary over training and over test images: 1 if in proportion.

    The cosine of the two vectors of variances, one entry per attribute, where every image carries
    its class's vector at unit length: images, not classes, are counted (Chen et al. 2018,
    https://arxiv.org/abs/1712.01928, section 4). None where nothing varies.

    Args:
        vectors: of the classes, (K, A).
        train: number of training images of each class, (K,).
        test: number of test images of each class, (K,).
    """
    wide = vectors.astype(np.float64)
    length = np.linalg.norm(wide, axis=1, keepdims=True)
    unit = wide / np.where(length > 0, length, 1.0)
    a, b = _variance(unit, train), _variance(unit, test)
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return round(float(a @ b) / size, DIGITS) if size > 0 else None


def _variance(vectors: Array, counts: Labels) -> Array:
    weight = counts / counts.sum()
    return weight @ np.square(vectors - weight @ vectors)
