"""Clusters by the groups that the attributes' names begin with."""

from collections.abc import Sequence

import numpy as np

from zslcore.clusters.clusters import Clusters


def by_prefix(names: Sequence[str], separator: str) -> Clusters:
    """One cluster for each text before the first separator, in order of first appearance.

    Args:
        names: of the A attributes, e.g. `has_bill_shape::dagger`.
        separator: e.g. `::`.

    Raises:
        ValueError: there are no names, or one has no text before a separator.
    """
    if not names:
        raise ValueError(
            "clusters by prefix need the attributes' names: set attribute_names of the dataset"
        )
    prefixes = [_prefix(name, separator) for name in names]
    if missing := [name for name, prefix in zip(names, prefixes, strict=True) if not prefix]:
        raise ValueError(
            f"{len(missing)} of {len(names)} attribute names do not begin with a group and "
            f"{separator!r}, the first is {missing[0]!r}; names are to be like "
            f"'group{separator}value': change them or the separator, or cluster in another way"
        )
    ids = {prefix: q for q, prefix in enumerate(dict.fromkeys(prefixes))}
    of = np.array([ids[prefix] for prefix in prefixes], dtype=np.int64)
    return Clusters(tuple(ids), of, f"by prefix, before {separator!r}")


def _prefix(name: str, separator: str) -> str:
    prefix, found, _ = name.partition(separator)
    return prefix.strip() if found else ""
