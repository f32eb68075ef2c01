"""The figure of accuracies by class."""

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.settings import headings
from zslcore.report.style import NAMES, STYLE, names_height

WITH_NUMBERS = 12  # a heat map with more columns has no room for them
DARK = 0.6  # from this accuracy on, the number on a cell is white


@rc_context(STYLE)
def per_class(accuracies: DataFrame, title: str) -> Figure:
    """Generalised accuracy of every unseen class and row, as a heat map.

    In each setting, rows stand in the order of their mean; classes do over all rows: the hardest
    is on the right.

    Args:
        accuracies: columns row, setting, class, seen, gzsl; the last in [0, 1].
        title: stands above.
    """
    unseen = accuracies[~accuracies["seen"].astype(bool)]
    of_class = unseen.groupby("class")["gzsl"].mean().sort_values(ascending=False, kind="stable")
    classes = of_class.index
    table = pd.concat(_blocks(unseen))[classes]
    rows = table.index
    cell = 0.5 if len(classes) <= WITH_NUMBERS else 0.2
    width = 2.6 + cell * len(classes)
    height = max(1.9, 0.6 + names_height(classes)) + 0.26 * len(rows)
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    mesh = axes.pcolormesh(
        100 * table, cmap="Blues", vmin=0, vmax=100, edgecolors="white", linewidth=0.5
    )
    axes.set_xticks(np.arange(len(classes)) + 0.5, classes, rotation=90, fontsize=NAMES)
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows, fontsize=8)
    for label, empty in zip(axes.get_yticklabels(), table.isna().all(axis=1), strict=True):
        label.set_fontweight("bold" if empty else "normal")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.invert_yaxis()
    axes.set_title(title)
    if len(classes) <= WITH_NUMBERS:
        _write_numbers(axes, table)
    bar = figure.colorbar(mesh, label="accuracy (%)", fraction=0.5 / width, pad=0.1 / width)
    bar.outline.set_visible(False)
    return figure


def _blocks(unseen: DataFrame) -> list[DataFrame]:
    """Rows by classes for each setting, below an empty row with its name if it needs one."""
    blocks = []
    for setting, heading in headings(unseen["setting"]).items():
        of_setting = unseen[unseen["setting"] == setting]
        table = of_setting.pivot(index="row", columns="class", values="gzsl")
        order = table.mean(axis=1).sort_values(ascending=False, kind="stable").index
        blocks.append(table.reindex([heading, *order] if heading else order))
    return blocks


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
