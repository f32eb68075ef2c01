"""What figures of studies have in common: a line with its interval over seeds."""

from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from pandas import Series


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
