"""Spherical k-means (Dhillon and Modha 2001, https://doi.org/10.1023/A:1007612920971).

Maximises the sum of cosines between the vectors and the centres of their clusters, where a centre
is the sum of its vectors, scaled to unit length: so vectors count by direction only, and the
clusters' sums have together the length of that maximum. Equal directions are one point with a
weight.

A start spreads its first centres as k-means++ does (Arthur and Vassilvitskii 2007) and then moves
one point at a time, always the one that gains most (the first variation of Dhillon, Guan and Kogan
2002). Assigning and averaging in turn stops much earlier with so few vectors of so many numbers.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zslcore.clusters.clusters import Clusters
from zslcore.clusters.config import KMeans
from zslcore.data.problem import Array, Labels, Mask, check_finite

Matrix = NDArray[np.float64]
DECIMALS = 9  # directions that agree so far are one
LEAST_GAIN = 1e-6  # of a move, sum of cosines; far above rounding, so that no point goes in circles


class Points(NamedTuple):
    """Distinct directions.

    Attributes:
        unit: of unit length, (P, G).
        weight: how many vectors have each, (P,).
    """

    unit: Matrix
    weight: Labels


class Result(NamedTuple):
    """Where one start ended.

    Attributes:
        of: cluster of each point, int64, (P,).
        total: sum of the vectors' cosines with their centres.
    """

    of: Labels
    total: float


def by_vectors(vectors: Array, cfg: KMeans, rng: np.random.Generator) -> Clusters:
    """The best of several starts, clusters in order of their first attributes.

    A zero vector (a name without a known word) has no direction: it joins the largest cluster.

    Args:
        vectors: one per attribute, of any length, (A, G).
        cfg: number of clusters and of starts.
        rng: draws the first centres.

    Raises:
        ValueError: more clusters are asked for than there are directions, a number is not finite,
            or the vectors are no matrix.
    """
    if vectors.ndim != 2:
        raise ValueError(f"attribute vectors have shape {vectors.shape}; allowed: (A, G)")
    points, point, has_direction = _points(vectors)
    if len(points.unit) < cfg.clusters:
        raise ValueError(
            f"the {len(vectors)} attribute vectors have {len(points.unit)} distinct directions, "
            f"too few for {cfg.clusters} clusters: lower kmeans.clusters"
        )
    starts = [_improved(points, _first(points, cfg.clusters, rng)) for _ in range(cfg.restarts)]
    best = max(starts, key=lambda result: result.total)
    of = np.empty(len(vectors), dtype=np.int64)
    of[has_direction] = best.of[point]
    of[~has_direction] = np.bincount(of[has_direction]).argmax()
    names = tuple(f"kmeans_{q}" for q in range(cfg.clusters))
    how = (
        f"spherical k-means, best of {cfg.restarts} starts, "
        f"mean cosine with the centre {best.total / len(point):.4f}"
    )
    return Clusters(names, _in_order_of_appearance(of), how)


def _points(vectors: Array) -> tuple[Points, Labels, Mask]:
    """Distinct directions; which one each vector has that has any; which vectors do, (A,)."""
    check_finite("attribute_vectors", vectors)
    norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
    has_direction = norms > 0
    directions = np.round(vectors[has_direction] / norms[has_direction, None], DECIMALS)
    unit, point, weight = np.unique(directions, axis=0, return_inverse=True, return_counts=True)
    return Points(unit, weight), point, has_direction


def _first(points: Points, k: int, rng: np.random.Generator) -> Labels:
    """Each point with the nearest of k drawn ones, no cluster empty, (P,).

    The chance to be drawn is weight times squared distance to those drawn before, which is exactly
    0 for these and for no others.
    """
    of = np.zeros(len(points.unit), dtype=np.int64)
    nearest = np.full(len(of), 4.0)  # no two directions are further apart, squared
    for q in range(k):
        chance = points.weight * nearest
        drawn = points.unit[rng.choice(len(of), p=chance / chance.sum())]
        distance = ((points.unit - drawn) ** 2).sum(axis=1)
        of[distance < nearest] = q
        nearest = np.minimum(nearest, distance)
    return of


def _improved(points: Points, of: Labels) -> Result:
    """Move the point that gains most, until none does.

    No cluster loses its last point: by the triangle inequality that gains nothing.
    """
    of, every = of.copy(), np.arange(len(of))
    rows, squares = points.weight[:, None] * points.unit, points.weight[:, None] ** 2
    one_hot = np.eye(of.max() + 1)
    while True:
        sums = one_hot[of].T @ rows
        lengths = np.linalg.norm(sums, axis=1)
        cross = 2 * rows @ sums.T
        joined = np.sqrt(np.maximum(lengths**2 + cross + squares, 0)) - lengths
        left = np.sqrt(np.maximum(lengths**2 - cross + squares, 0)) - lengths
        gain = joined + left[every, of][:, None]
        gain[every, of] = 0
        i, q = np.unravel_index(gain.argmax(), gain.shape)
        if gain[i, q] < LEAST_GAIN:
            return Result(of, float(lengths.sum()))
        of[i] = q


def _in_order_of_appearance(of: Labels) -> Labels:
    _, first, ids = np.unique(of, return_index=True, return_inverse=True)
    rank: Labels = first.argsort().argsort()[ids]
    return rank
