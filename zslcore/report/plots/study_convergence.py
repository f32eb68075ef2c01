"""The figure of what happens while training goes on."""

from matplotlib import rc_context
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.plots.study_lines import by_epoch
from zslcore.report.style import STYLE

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
        by_epoch(axes, history.dropna(subset=column), column)
        axes.set(xlabel="epochs of transductive training", ylabel=label)
    figure.axes[0].legend(loc="lower right")
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure
