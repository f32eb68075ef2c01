"""The figure of embedded images in the plane."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray

from zslcore.report.plots.sheet import Sheet
from zslcore.report.style import COLOURS, NAMES, STYLE

PANEL, GAP, LEFT, TITLE, ABOVE = 2.9, 0.1, 0.3, 0.3, 0.25  # inches
ENTRY, WIDTH = 0.135, 0.06  # of the legend: height of a line, width of a letter
MARKERS = ("o", "^", "s", "P", "X")


@rc_context(STYLE)
def embedding(
    planes: Mapping[tuple[str, str], NDArray[Any]], classes: Sequence[str], title: str
) -> Figure:
    """Panels in rows and columns, the same images in each, coloured by class (Figure 1 a).

    Args:
        planes: places of N images (N, 2), by the names of row and column.
        classes: of the images, N names.
        title: stands above.
    """
    rows, columns = (list(dict.fromkeys(name)) for name in zip(*planes, strict=True))
    names = list(dict.fromkeys(classes))
    wide, high = LEFT + len(columns) * (PANEL + GAP), TITLE + ABOVE + len(rows) * (PANEL + GAP)
    beside = max(1, int(wide / (0.3 + WIDTH * max(map(len, names)))))
    lines = -(-len(names) // beside)
    sheet = Sheet((wide, high + 0.1 + ENTRY * lines), title)
    for (i, row), (j, column) in product(enumerate(rows), enumerate(columns)):
        x, y = (LEFT + j * (PANEL + GAP), TITLE + ABOVE + i * (PANEL + GAP))
        axes = sheet.axes(x, y, PANEL, PANEL)
        _points(axes, planes[row, column], classes, names)
        axes.set_title(column if i == 0 else "", fontsize=9, fontweight="normal", loc="center")
        axes.set_ylabel(row if j == 0 else "")
    looks, said = sheet.figure.axes[0].get_legend_handles_labels()
    close = {"labelspacing": 0.2, "handletextpad": 0.1, "columnspacing": 1.0, "borderpad": 0.2}
    sheet.figure.legend(looks, said, loc="lower left", ncols=beside, fontsize=NAMES, **close)
    return sheet.figure


def _points(axes: Any, places: NDArray[Any], classes: Sequence[str], names: list[str]) -> None:
    of = np.array(classes)
    for number, name in enumerate(names):
        own = places[of == name]
        colour, turn = COLOURS[number % len(COLOURS)], number // len(COLOURS)
        marker = MARKERS[turn % len(MARKERS)]
        axes.scatter(*own.T, s=9, color=colour, marker=marker, linewidths=0, label=name)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
