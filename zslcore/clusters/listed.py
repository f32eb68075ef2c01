"""Published partitions of attributes, from partitions.json.

Rao et al. 2024 (DEDN), https://arxiv.org/abs/2404.16348, Table 1, and the published code's index
ranges. Where these two disagree, the table says why, and so does the result.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zslcore.clusters.clusters import Clusters
from zslcore.clusters.merge import merged
from zslcore.clusters.prefix import by_prefix
from zslcore.runtime.mistakes import nearest
from zslcore.runtime.params import Params, check

Ranges = Mapping[str, Sequence[tuple[int, int]]]


class Partition(Params):
    """One published partition.

    Attributes:
        about: of which attributes, from where.
        attributes: A.
        prefixes: of the names in each cluster; None where `ranges` say it.
        ranges: first and last attribute of each run in a cluster, from 0; None where `prefixes` do.
        table_1: the sizes that the paper prints.
        differs: why the sizes are not these; None where they are.
    """

    about: str
    attributes: int
    prefixes: dict[str, tuple[str, ...]] | None
    ranges: dict[str, tuple[tuple[int, int], ...]] | None
    table_1: dict[str, int]
    differs: str | None


class Tables(Params):
    """The whole of partitions.json.

    Attributes:
        partitions: by the names that settings know.
        halves: groups of clusters that make half as many (the paper's Fig. 4 d; which ones it
            merges is not stated, so these are ours).
    """

    partitions: dict[str, Partition]
    halves: dict[str, tuple[tuple[str, ...], ...]]


def tables() -> Tables:
    """partitions.json."""
    path = Path(__file__).with_name("partitions.json")
    return check(Tables, json.loads(path.read_text(encoding="utf-8")), str(path))


def listed(name: str, names: Sequence[str], n: int, separator: str) -> Clusters:
    """The clusters of a published partition.

    Args:
        name: of the partition.
        names: of the attributes, or () where a partition by ranges does without them.
        n: number of attributes, A.
        separator: what ends the prefixes of names.

    Raises:
        ValueError: there is no such partition, or it is one of other attributes.
    """
    known = tables().partitions
    if name not in known:
        raise ValueError(f"no partition {name!r} of attributes{nearest(name, known)}")
    return divided(known[name], name, names, n, separator)


def divided(
    partition: Partition, name: str, names: Sequence[str], n: int, separator: str
) -> Clusters:
    """As `listed`, by a partition from anywhere."""
    if n != partition.attributes:
        raise ValueError(
            f"the partition {name!r} is one of {partition.attributes} attributes, the dataset has "
            f"{n}: choose the partition of its attributes, or cluster by prefix or kmeans"
        )
    how = f"listed, {name!r}: {partition.about}"
    try:
        if partition.prefixes is not None:
            clusters = merged(by_prefix(names, separator), partition.prefixes, how)
        else:
            clusters = by_ranges(partition.ranges or {}, n, how)
    except ValueError as error:
        raise ValueError(f"the partition {name!r} does not fit: {error}") from error
    return _held_to_table_1(clusters, partition, name)


def by_ranges(ranges: Ranges, n: int, how: str = "") -> Clusters:
    """Clusters from runs of attributes, first and last counted from 0.

    Raises:
        ValueError: an attribute is in no run or in several, or a run leaves 0..n-1.
    """
    times, of = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for q, (name, runs) in enumerate(ranges.items()):
        for first, last in runs:
            if not 0 <= first <= last < n:
                raise ValueError(f"{name} has the run {first} to {last}; allowed: 0 to {n - 1}")
            times[first : last + 1] += 1
            of[first : last + 1] = q
    if len(wrong := np.flatnonzero(times != 1)):
        raise ValueError(
            f"every attribute is to be in one cluster; attribute {wrong[0]} (from 0) is in "
            f"{times[wrong[0]]}, and {len(wrong)} of {n} are not in exactly one"
        )
    return Clusters(tuple(ranges), of, how)


def _held_to_table_1(clusters: Clusters, partition: Partition, name: str) -> Clusters:
    found, printed = dict(zip(clusters.names, clusters.sizes, strict=True)), partition.table_1
    if partition.differs is None and found != printed:
        raise ValueError(
            f"the clusters of the partition {name!r} have the sizes {_said(found)}, Table 1 of "
            f"the paper prints {_said(printed)}: are these the names of the published attributes?"
        )
    if partition.differs is None:
        return clusters
    how = (
        f"{clusters.how}; sizes {_said(found)}, where Table 1 prints {_said(printed)}: "
        f"{partition.differs}"
    )
    return Clusters(clusters.names, clusters.of, how)


def _said(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {size}" for name, size in sizes.items())
