"""The figure of how attributes vary over training and over test images."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from zslcore.report.plots.sheet import Sheet
from zslcore.report.style import COLOURS, NAMES, STYLE, names_height

HEAT = LinearSegmentedColormap.from_list("variance", ["#F7F7F7", COLOURS[0]])
ROW, LEFT, BAR, TITLE = 0.45, 1.5, 0.9, 0.3  # inches: a row, left of it, right of it, above
NAMED = 60  # attributes: the names of more cannot be read


@rc_context(STYLE)
def variances(rows: dict[str, NDArray[Any]], names: Sequence[str], cut: int, title: str) -> Figure:
    """A heat map, a row per set of images and a column per attribute (Figure 1 a).

    Args:
        rows: variances (A,) over each set of images, by its name; columns are drawn as they come.
        names: of the attributes.
        cut: a line stands after so many of them.
        title: stands above.
    """
    a = len(names)
    width, high = max(3.0, min(6.5, 0.2 * a)), ROW * len(rows)
    below = 0.15 + names_height(names) if a <= NAMED else 0.3
    sheet = Sheet((LEFT + width + BAR, TITLE + high + below), title)
    axes = sheet.axes(LEFT, TITLE, width, high)
    heat = axes.pcolormesh(np.stack(list(rows.values())), cmap=HEAT, vmin=0)
    axes.axvline(cut, color=COLOURS[1], lw=1.5)
    axes.set_yticks(np.arange(len(rows)) + 0.5, list(rows))
    axes.invert_yaxis()
    axes.tick_params(length=0)
    if a <= NAMED:
        axes.set_xticks(np.arange(a) + 0.5, names, rotation=90, fontsize=NAMES)
    else:
        axes.set(xticks=[], xlabel=f"{a} attributes")
    bar = sheet.axes(LEFT + width + 0.1, TITLE, 0.12, high)
    sheet.figure.colorbar(heat, cax=bar).set_label("variance", fontsize=NAMES)
    bar.tick_params(labelsize=NAMES)
    return sheet.figure
