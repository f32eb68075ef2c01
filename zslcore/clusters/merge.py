"""Fewer clusters from more: several become one."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from zslcore.clusters.clusters import Clusters


def merged(clusters: Clusters, groups: Mapping[str, Sequence[str]], how: str) -> Clusters:
    """The clusters of each group as one, in the groups' order.

    Args:
        clusters: to be merged.
        groups: new name -> names of the clusters in it; each cluster is in exactly one.
        how: where the groups come from, in words.

    Raises:
        ValueError: a cluster is in no group or in several, or a group names one there is not.
    """
    listed = [name for group in groups.values() for name in group]
    have = set(clusters.names)
    wrong = {
        "in no group": [name for name in clusters.names if name not in listed],
        "in several groups": [name for name, count in Counter(listed).items() if count > 1],
        "in a group, but there is no such cluster": [n for n in listed if n not in have],
    }
    if said := [f"{', '.join(names)} ({what})" for what, names in wrong.items() if names]:
        raise ValueError(
            f"the groups {', '.join(groups)} do not hold every cluster exactly once: "
            f"{'; '.join(said)}"
        )
    new = {name: q for q, group in enumerate(groups.values()) for name in group}
    table = np.array([new[name] for name in clusters.names], dtype=np.int64)
    return Clusters(tuple(groups), table[clusters.of], how)


def halved(clusters: Clusters, halves: Mapping[str, Sequence[Sequence[str]]]) -> Clusters:
    """Half as many clusters, by the table that is about just these; names are joined by `+`.

    Args:
        clusters: to be merged.
        halves: by any name, groups of names of clusters.

    Raises:
        ValueError: no table is about clusters of these names.
    """
    for name, groups in halves.items():
        if {cluster for group in groups for cluster in group} == set(clusters.names):
            joined = {"+".join(group): group for group in groups}
            return merged(clusters, joined, f"{clusters.how}; halved as {name!r}")
    some = ", ".join(clusters.names[:6]) + (", .." if len(clusters.names) > 6 else "")
    raise ValueError(
        f"it is not said how to halve the {len(clusters.names)} clusters {some}; there are halves "
        f"for the listed clusters or prefixes of {', '.join(halves)}: set merge to none, and for "
        "kmeans the number of clusters"
    )
