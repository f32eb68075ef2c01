"""The figure of images and what is made of them."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray

from zslcore.report.packed import coarse
from zslcore.report.plots.sheet import Sheet
from zslcore.report.style import NAMES, STYLE

PANEL, GAP, LEFT, TITLE = 0.85, 0.06, 1.2, 0.3  # inches
LETTERS, LINE = 14, 0.12  # that a panel's width has room for; inches, height of a line


@rc_context(STYLE)
def reconstruction(
    rows: Mapping[str, NDArray[np.uint8]], classes: Sequence[str], title: str
) -> Figure:
    """A column per image, a row for the images and for each way of reconstructing them.

    Args:
        rows: images (n, h, w, 3) by what stands left of them.
        classes: names above the columns.
        title: stands above.
    """
    above = [textwrap.fill(name.replace("_", " "), LETTERS) for name in classes]
    top = TITLE + 0.1 + LINE * max(name.count("\n") + 1 for name in above)
    step, columns = PANEL + GAP, len(classes)
    sheet = Sheet((LEFT + columns * step, top + len(rows) * step), title)
    for i, (row, images) in enumerate(rows.items()):
        for j, image in enumerate(images):
            axes = sheet.axes(LEFT + j * step, top + i * step, PANEL, PANEL)
            axes.imshow(coarse(image), interpolation="none")
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            if i == 0:
                axes.set_title(above[j], fontsize=NAMES, fontweight="normal", loc="center", pad=3)
        first = sheet.figure.axes[-columns]
        first.set_ylabel(row, rotation=0, ha="right", va="center", fontsize=8)
    return sheet.figure
