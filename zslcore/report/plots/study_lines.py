"""What figures of studies have in common: lines with their intervals over seeds."""

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike
from pandas import DataFrame, Series

from zslcore.report.style import COLOURS


def line(
    axes: Axes, x: ArrayLike, mean: Series, ci95: Series, colour: str, label: str = ""
) -> None:
    """Means in [0, 1] as percent at x, with a band of their half widths.

    An interval of width 0, of a single seed, has no band.
    """
    mean, ci95 = 100 * mean, 100 * ci95
    axes.plot(x, mean, color=colour, label=label or "_", marker="o", markersize=3)
    if (ci95 > 0).any():
        axes.fill_between(x, mean - ci95, mean + ci95, color=colour, alpha=0.18, linewidth=0)


def by_epoch(axes: Axes, history: DataFrame, column: str) -> None:
    """A line per variant over the epochs.

    Args:
        axes: where to draw.
        history: columns variant, epoch, the one that is drawn, and its half width in <column>_ci95.
        column: that is drawn.
    """
    for colour, (name, own) in zip(COLOURS, history.groupby("variant", sort=False), strict=False):
        line(axes, own["epoch"], own[column], own[f"{column}_ci95"], colour, str(name))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid()
