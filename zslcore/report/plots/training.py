"""The figure of what happened while models were trained, measured afterwards."""

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.style import COLOURS, DASHES, STYLE

PANELS = {"zsl": "T1 (%)", "prior_tv": "prior TV (%)"}
WITH_MARKERS = 30  # points; a line of more does without


@rc_context(STYLE)
def training(history: DataFrame, title: str) -> Figure:
    """T1 and, below it, the prior's total variation after each epoch, one line per row.

    The band around a line is the 95 % interval over seeds. A panel of which nothing is known is
    left out.

    Args:
        history: columns row, epoch, zsl, zsl_ci95, prior_tv, prior_tv_ci95; in [0, 1], NaN where
            unknown.
        title: stands above.
    """
    known = [column for column in PANELS if history[column].notna().any()]
    figure = Figure(figsize=(7.2, 0.7 + 2.3 * len(known)), layout="constrained")
    panels = figure.subplots(len(known), sharex=True, squeeze=False)[:, 0]
    for axes, column in zip(panels, known, strict=True):
        for place, (row, lines) in enumerate(history.groupby("row", sort=False)):
            _line(axes, lines, column, str(row), place)
        axes.set(ylabel=PANELS[column])
        axes.grid()
    panels[0].set_title(title)
    panels[-1].set(xlabel="epochs of training")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper")
    return figure


def _line(axes: Axes, lines: DataFrame, column: str, row: str, place: int) -> None:
    """The means of a column with a band; one of which nothing is known is in the legend only."""
    lines = lines.dropna(subset=column)
    mean, ci95 = 100 * lines[column], 100 * lines[f"{column}_ci95"]
    colour = COLOURS[place % len(COLOURS)]
    axes.plot(
        lines["epoch"],
        mean,
        label=row,
        color=colour,
        linestyle=DASHES[place // len(COLOURS) % len(DASHES)],
        marker="o" if len(lines) <= WITH_MARKERS else "",
        markersize=2.5,
    )
    if (ci95 > 0).any():
        axes.fill_between(
            lines["epoch"], mean - ci95, mean + ci95, color=colour, alpha=0.18, linewidth=0
        )
