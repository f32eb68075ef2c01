"""The figure of what happens while training goes on."""

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from pandas import DataFrame

from zslcore.report.plots.study_lines import line
from zslcore.report.style import COLOURS, STYLE

PANELS = {"zsl": "T1 (%)", "prior_tv": "prior TV (%)"}


@rc_context(STYLE)
def convergence(history: DataFrame, title: str) -> Figure:
    """T1 and the error of the prior over the epochs, bands of 95 % over seeds.

    Args:
        history: columns variant, epoch and those of `PANELS`, each with its half width in
            <column>_ci95; NaN where unknown.
        title: stands above.
    """
    figure = Figure(figsize=(7.6, 3.2), layout="constrained")
    for axes, (column, label) in zip(figure.subplots(1, 2), PANELS.items(), strict=True):
        _panel(axes, history.dropna(subset=column), column)
        axes.set(xlabel="epochs of transductive training", ylabel=label)
    figure.axes[0].legend(loc="lower right")
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure


def _panel(axes: Axes, history: DataFrame, column: str) -> None:
    for colour, (name, own) in zip(COLOURS, history.groupby("variant", sort=False), strict=False):
        line(axes, own["epoch"], own[column], own[f"{column}_ci95"], colour, str(name))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid()
