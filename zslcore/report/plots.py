"""Figures. Each function takes numbers and returns a `Figure`.

No pyplot: it keeps figures in a global list and chooses a display.
"""

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.style import COLOURS, DASHES, GREY, STYLE

EMPHASISED = 5  # so many of the best lines are drawn thick
HULL_POINTS = 400
WITH_NUMBERS = 12  # a heat map with more columns has no room for them
DARK = 0.6  # from this accuracy on, the number on a cell is white


@rc_context(STYLE)
def seen_unseen(curves: DataFrame, title: str) -> Figure:
    """Seen against unseen accuracy, one line per row, the legend sorted by area.

    The shade is the hull: the best that any row reaches.

    Args:
        curves: columns row, unseen, seen; accuracies in [0, 1].
        title: stands above.
    """
    lines = {
        str(row): 100
        * line[["unseen", "seen"]].sort_values(["unseen", "seen"], ascending=[True, False])
        for row, line in curves.groupby("row", sort=False)
    }
    area = {row: np.trapezoid(line["seen"], line["unseen"]) / 100 for row, line in lines.items()}
    figure = Figure(figsize=(7.2, 4.4), layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(sorted(area, key=area.__getitem__, reverse=True)):
        axes.plot(
            lines[row]["unseen"],
            lines[row]["seen"],
            label=f"{row}  {area[row]:.1f}",
            color=COLOURS[place % len(COLOURS)],
            linestyle=DASHES[place // len(COLOURS) % len(DASHES)],
            linewidth=2.2 if place < EMPHASISED else 1.1,
            zorder=2.5 - place / 100,  # the best on top
        )
    _shade_hull(axes, list(lines.values()))
    axes.set(xlabel="unseen-class accuracy (%)", ylabel="seen-class accuracy (%)", title=title)
    axes.set(xlim=(0, None), ylim=(0, None))
    axes.grid()
    figure.legend(title="AUSUC (%)", loc="outside right upper", alignment="left")
    return figure


@rc_context(STYLE)
def per_class(accuracies: DataFrame, title: str) -> Figure:
    """Generalised accuracy of every unseen class and row, as a heat map.

    Rows stand in the order of their mean, classes too: the hardest is on the right.

    Args:
        accuracies: columns row, class, seen, gzsl; the last in [0, 1].
        title: stands above.
    """
    unseen = accuracies[~accuracies["seen"].astype(bool)]
    table = unseen.pivot(index="row", columns="class", values="gzsl")
    rows, classes = (
        table.mean(axis=axis).sort_values(ascending=False, kind="stable").index for axis in (1, 0)
    )
    table = table.loc[rows, classes]
    cell = 0.5 if len(classes) <= WITH_NUMBERS else 0.2
    width = 2.6 + cell * len(classes)
    figure = Figure(figsize=(width, 1.9 + 0.26 * len(rows)), layout="constrained")
    axes = figure.subplots()
    mesh = axes.pcolormesh(
        100 * table, cmap="Blues", vmin=0, vmax=100, edgecolors="white", linewidth=0.5
    )
    axes.set_xticks(np.arange(len(classes)) + 0.5, classes, rotation=90, fontsize=7)
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows, fontsize=8)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.invert_yaxis()
    axes.set_title(title)
    if len(classes) <= WITH_NUMBERS:
        _write_numbers(axes, table)
    bar = figure.colorbar(mesh, label="accuracy (%)", fraction=0.5 / width, pad=0.1 / width)
    bar.outline.set_visible(False)
    return figure


@rc_context(STYLE)
def harmonic_means(metrics: DataFrame, intervals: DataFrame, title: str) -> Figure:
    """Bars of H, best on top, with what varies: seeds and images.

    Args:
        metrics: columns row, value, ci95 of `gzsl.h`; in [0, 1].
        intervals: columns row, low, high of the same rows, or of some of them.
        title: stands above.
    """
    bars = metrics.dropna(subset="value").sort_values("value", kind="stable").set_index("row")
    value, ci95 = 100 * bars["value"], 100 * bars["ci95"]
    spans = 100 * intervals.set_index("row")[["low", "high"]].reindex(bars.index)
    places = np.arange(len(bars))
    figure = Figure(figsize=(6.4, 1.2 + 0.26 * len(bars)), layout="constrained")
    axes = figure.subplots()
    axes.barh(places, value, height=0.72, color="#BFDDF0")
    for low, high, shift, colour, label in (
        (spans["low"], spans["high"], -0.14, GREY, "95 % over images"),
        (value - ci95, value + ci95, 0.14, COLOURS[0], "95 % over seeds"),
    ):
        varies = (high > low).to_numpy()
        if varies.any():
            axes.hlines(
                places[varies] + shift, low[varies], high[varies], colour, lw=1.8, label=label
            )
    for place, number in enumerate(value):
        axes.text(1.02, place, f"{number:.1f}", va="center", transform=axes.get_yaxis_transform())
    axes.set_yticks(places, bars.index)
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel="harmonic mean H (%)", title=title)
    axes.set(xlim=(0, None), ylim=(-0.6, len(bars) - 0.4))
    axes.grid(axis="x")
    figure.legend(loc="outside lower right", ncols=2)
    return figure


def _shade_hull(axes: Axes, lines: list[DataFrame]) -> None:
    unseen = np.linspace(0, max(line["unseen"].max() for line in lines), HULL_POINTS)
    reached = [np.interp(unseen, line["unseen"], line["seen"]) for line in lines]
    axes.fill_between(unseen, np.max(reached, axis=0), color="#F1F1F1", linewidth=0, zorder=0)


def _write_numbers(axes: Axes, table: DataFrame) -> None:
    for (y, x), accuracy in np.ndenumerate(table.to_numpy()):
        axes.text(
            x + 0.5,
            y + 0.5,
            "" if np.isnan(accuracy) else f"{100 * accuracy:.0f}",
            ha="center",
            va="center",
            fontsize=7,
            color="white" if accuracy >= DARK else "black",
        )
