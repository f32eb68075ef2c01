"""The figure of how features are scaled."""

from collections.abc import Iterator

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.plots.study_lines import by_epoch
from zslcore.report.style import COLOURS, STYLE

KINDS = {"real": "#B3B3B3", "synthesised": COLOURS[1]}


@rc_context(STYLE)
def normalization(values: DataFrame, history: DataFrame, title: str) -> Figure:
    """Feature values under each normalisation, and T1 while training (Figure 4 a to c).

    Args:
        values: columns normalization, kind, low, high, density; the histogram's bins.
        history: columns variant, epoch, zsl, zsl_ci95; accuracies in [0, 1], NaN where unknown.
            Either may be empty: it has no panels then.
        title: stands above.
    """
    history = history.dropna(subset="zsl")
    spreads = {str(name): bins for name, bins in values.groupby("normalization", sort=False)}
    count = len(spreads) + bool(len(history))
    figure = Figure(figsize=(0.4 + 2.9 * count, 3.1), layout="constrained")
    panels: Iterator[Axes] = iter(figure.subplots(1, count, squeeze=False)[0])
    for name, bins in spreads.items():
        _values(next(panels), name, bins)
    if len(history):
        _history(next(panels), history)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure


def _values(axes: Axes, name: str, bins: DataFrame) -> None:
    for kind, colour in KINDS.items():
        own = bins[bins["kind"] == kind]
        edges = [*own["low"], *own["high"][-1:]]
        look = {"fill": True} if kind == "real" else {"linewidth": 1.4}
        axes.stairs(own["density"], edges, color=colour, label=kind, **look)
    axes.set(xlabel=f"value of a feature, {name}", ylabel="density", ylim=(0, None))
    axes.legend()


def _history(axes: Axes, history: DataFrame) -> None:
    by_epoch(axes, history, "zsl")
    axes.set(xlabel="epochs of training", ylabel="T1 (%)")
    axes.legend()
