"""The figure of seen against unseen accuracy."""

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from pandas import DataFrame

from zslcore.report.settings import headings
from zslcore.report.style import COLOURS, DASHES, STYLE

EMPHASISED = 5  # so many of the best lines of a setting are drawn thick
HULL_POINTS = 400


@rc_context(STYLE)
def seen_unseen(curves: DataFrame, title: str) -> Figure:
    """Seen against unseen accuracy, one line per row, the legend sorted by area in each setting.

    The shade is the hull: the best that any row of the first setting reaches.

    Args:
        curves: columns row, setting, unseen, seen; accuracies in [0, 1].
        title: stands above.
    """
    above = headings(curves["setting"])
    lines = {setting: _lines(curves[curves["setting"] == setting]) for setting in above}
    entries = sum(map(len, lines.values())) + len(above)
    figure = Figure(figsize=(7.2, max(4.4, 0.6 + 0.2 * entries)), layout="constrained")
    axes = figure.subplots()
    _shade_hull(axes, list(lines[next(iter(above))].values()))
    # the last setting first: it has few lines, which get the plainest looks
    drawn = {setting: _draw(axes, lines[setting]) for setting in reversed(above)}
    legend: list[Line2D] = []
    for setting, heading in above.items():
        legend += [Line2D([], [], linestyle="none", label=heading)] if heading else []
        legend += drawn[setting]
    axes.set(xlabel="unseen-class accuracy (%)", ylabel="seen-class accuracy (%)", title=title)
    axes.set(xlim=(0, None), ylim=(0, None))
    axes.grid()
    figure.legend(handles=legend, title="AUSUC (%)", loc="outside right upper", alignment="left")
    return figure


def _lines(curves: DataFrame) -> dict[str, DataFrame]:
    """The points of each row in percent, from left to right."""
    return {
        str(row): 100
        * line[["unseen", "seen"]].sort_values(["unseen", "seen"], ascending=[True, False])
        for row, line in curves.groupby("row", sort=False)
    }


def _draw(axes: Axes, lines: dict[str, DataFrame]) -> list[Line2D]:
    """The lines of one setting, those with the largest area first."""
    area = {row: np.trapezoid(line["seen"], line["unseen"]) / 100 for row, line in lines.items()}
    drawn: list[Line2D] = []
    for place, row in enumerate(sorted(area, key=area.__getitem__, reverse=True)):
        look = len(axes.lines)  # lines of different settings look different too
        drawn += axes.plot(
            lines[row]["unseen"],
            lines[row]["seen"],
            label=f"{row}  {area[row]:.1f}",
            color=COLOURS[look % len(COLOURS)],
            linestyle=DASHES[look // len(COLOURS) % len(DASHES)],
            linewidth=2.2 if place < EMPHASISED else 1.1,
            zorder=2.5 - place / 100,  # the best on top
        )
    return drawn


def _shade_hull(axes: Axes, lines: list[DataFrame]) -> None:
    unseen = np.linspace(0, max(line["unseen"].max() for line in lines), HULL_POINTS)
    reached = [np.interp(unseen, line["unseen"], line["seen"]) for line in lines]
    axes.fill_between(unseen, np.max(reached, axis=0), color="#F1F1F1", linewidth=0, zorder=0)
