"""The figure of an estimated class prior of the unseen classes beside the true one."""

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.style import COLOURS, NAMES, STYLE, names_height

BAR = 0.4  # width; one bar is left of a class, one is right
TRUE, ESTIMATED, RANGE = "true", "estimated", "range over seeds"


@rc_context(STYLE)
def prior(priors: DataFrame, title: str) -> Figure:
    """The share of each unseen class: the truth in grey, the estimate in colour, a panel per row.

    Classes stand in the order of their true share, the most frequent is on the left. A line on a
    bar runs from the least to the most that a seed estimates.

    Args:
        priors: columns row, class, true, estimated, low, high; shares in [0, 1].
        title: stands above.
    """
    rows = {str(row): lines for row, lines in priors.groupby("row", sort=False)}
    classes = priors["class"].unique()
    size = (max(4.6, 1.6 + 0.2 * len(classes)), 1.0 + 1.5 * len(rows) + names_height(classes))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(rows), sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, (row, lines) in zip(panels, rows.items(), strict=True):
        _panel(axes, lines.sort_values("true", ascending=False, kind="stable"))
        # where the rare classes are
        axes.text(0.99, 0.96, row, ha="right", va="top", transform=axes.transAxes)
    panels[0].set_title(title)
    looks = {
        name: h for a in panels for h, name in zip(*a.get_legend_handles_labels(), strict=True)
    }
    shown = {name: looks[name] for name in (TRUE, ESTIMATED, RANGE) if name in looks}
    figure.legend(shown.values(), shown.keys(), loc="outside lower right", ncols=3)
    return figure


def _panel(axes: Axes, lines: DataFrame) -> None:
    places = np.arange(len(lines))
    true, estimated, low, high = (
        100 * lines[column].to_numpy() for column in ("true", "estimated", "low", "high")
    )
    axes.bar(places - BAR / 2, true, BAR, color="#B3B3B3", label=TRUE)
    axes.bar(places + BAR / 2, estimated, BAR, color=COLOURS[1], label=ESTIMATED)
    varies = high > low
    if varies.any():
        axes.vlines(
            places[varies] + BAR / 2,
            low[varies],
            high[varies],
            "black",
            lw=1.0,
            label=RANGE,
        )
    axes.set_xticks(places, lines["class"], rotation=90, fontsize=NAMES)
    axes.tick_params(axis="x", length=0)
    axes.set(ylabel="share (%)", xlim=(-0.6, len(lines) - 0.4), ylim=(0, None))
    axes.grid(axis="y")
