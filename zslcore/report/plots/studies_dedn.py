"""Which figures the studies of DEDN have."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from zslcore.report.plots.study_bars import bars
from zslcore.report.plots.study_mixture import mixture
from zslcore.report.study import Study

BARS = {"dedn-ablation": "parts of DEDN", "dedn-clusters": "clusters of the fine expert"}


def figures(table: Study, dataset: str) -> Iterator[tuple[str, Figure]]:
    """The figures of those tables that have lines, each with its name.

    Args:
        table: of every file there may be.
        dataset: its name.
    """
    for name, title in BARS.items():
        if len(table[name]):
            yield name, bars(table[name], f"{dataset}: {title}", ("h", "t1"))
    if len(table["dedn-mixture"]):
        yield "dedn-mixture", mixture(table["dedn-mixture"], f"{dataset}: weights at inference")
