"""Which attribute is in which row: experts and clusters one after the other."""

from dataclasses import dataclass

import numpy as np

from zslcore.data.problem import Labels
from zslcore.methods.dedn.config import Training

EXPERTS = ("coarse", "fine")
BRANCHES = ("region", "channel")


@dataclass(frozen=True)
class Layout:
    """Rows of all experts' attributes; within an expert, attributes stand cluster by cluster.

    Attributes:
        order: attribute of each row of an expert, (D,).
        experts: those there are, in the order of their rows.
        branches: those there are.
        groups: one slice of all E rows per sub-network: the coarse expert's is the first.
    """

    order: Labels
    experts: tuple[str, ...]
    branches: tuple[str, ...]
    groups: tuple[slice, ...]

    @property
    def rows(self) -> int:
        """E = experts times attributes."""
        return len(self.experts) * len(self.order)

    def of_expert(self, name: str) -> slice:
        """The rows of an expert."""
        start = self.experts.index(name) * len(self.order)
        return slice(start, start + len(self.order))


def lay_out(clusters: Labels, cfg: Training) -> Layout:
    """The rows for the experts that the settings ask for.

    Args:
        clusters: the cluster of each attribute, (D,), from 0 on without gaps.
        cfg: settings.

    Raises:
        ValueError: a cluster has no attribute.
    """
    if len(empty := np.flatnonzero(np.bincount(clusters) == 0)):
        raise ValueError(f"cluster {empty[0]} of {clusters.max() + 1} has no attribute")
    order = np.argsort(clusters, kind="stable")
    experts = EXPERTS if cfg.experts == "both" else (cfg.experts,)
    branches = BRANCHES if cfg.branches == "both" else (cfg.branches,)
    sizes = [len(order)] if "coarse" in experts else []
    if "fine" in experts:
        sizes += np.bincount(clusters).tolist()
    ends = np.cumsum(sizes).tolist()
    groups = tuple(slice(end - size, end) for size, end in zip(sizes, ends, strict=True))
    return Layout(order, experts, branches, groups)
