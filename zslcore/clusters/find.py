"""The clusters of a dataset's attributes, in the way that the settings say."""

from collections.abc import Sequence

import numpy as np

from zslcore.clusters.clusters import Clusters
from zslcore.clusters.config import Config
from zslcore.clusters.kmeans import by_vectors
from zslcore.clusters.listed import listed, tables
from zslcore.clusters.merge import halved
from zslcore.clusters.prefix import by_prefix
from zslcore.data.problem import Array


def find(
    names: Sequence[str], vectors: Array | None, cfg: Config, rng: np.random.Generator
) -> Clusters:
    """Divide A attributes into clusters.

    Args:
        names: of the attributes, or () where there are none.
        vectors: of their names, (A, G), or None.
        cfg: the way.
        rng: draws the first centres of k-means.

    Raises:
        ValueError: there are neither names nor vectors, their numbers differ, or the way does not
            suit these attributes; the message says what to do.
    """
    n = _number(names, vectors)
    if cfg.by == "prefix":
        clusters = by_prefix(names, cfg.separator)
    elif cfg.by == "listed":
        if cfg.partition is None:
            raise ValueError("no partition is named for this dataset: set partition, or another by")
        clusters = listed(cfg.partition, names, n, cfg.separator)
    elif cfg.by == "kmeans":
        if vectors is None:
            raise ValueError(
                "clusters by kmeans need attribute vectors: set attribute_vectors of the dataset, "
                "or cluster in another way"
            )
        clusters = by_vectors(vectors, cfg.kmeans, rng)
    else:
        clusters = Clusters(("all",), np.zeros(n, dtype=np.int64), "all attributes in one")
    return halved(clusters, tables().halves) if cfg.merge == "half" else clusters


def _number(names: Sequence[str], vectors: Array | None) -> int:
    counts = {len(held) for held in (names, vectors) if held is not None and len(held)}
    if len(counts) != 1:
        n = 0 if vectors is None else len(vectors)
        raise ValueError(
            f"{len(names)} attribute names and {n} attribute vectors; there is to be one of each "
            "for every attribute, or names or vectors alone"
        )
    return counts.pop()
