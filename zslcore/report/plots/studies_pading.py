"""Which figures the studies of PADing have."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from zslcore.report.plots.study_bars import bars
from zslcore.report.study import Study

BARS = {
    "pading-ablation": "parts of PADing",
    "pading-primitives": "number of primitives",
    "pading-forms": "forms of the paper and its code",
}


def figures(table: Study, dataset: str) -> Iterator[tuple[str, Figure]]:
    """The figures of those tables that have lines, each with its name.

    Args:
        table: of every file there may be.
        dataset: its name.
    """
    shown = ("panoptic.pq.unseen", "panoptic.pq.hm")
    for name, title in BARS.items():
        if len(table[name]):
            yield name, bars(table[name], f"{dataset}: {title}", shown)
