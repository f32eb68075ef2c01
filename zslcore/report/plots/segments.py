"""The figures of segmented images: the colours of classes, and embeddings in the plane."""

import colorsys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from zslcore.report.plots.sheet import Sheet
from zslcore.report.style import NAMES, STYLE

PANEL, GAP, LEFT, TITLE, ABOVE = 2.9, 0.1, 0.1, 0.3, 0.25  # inches
ENTRY, WIDTH = 0.135, 0.06  # of the legend: height of a line, width of a letter
GOLDEN = 0.618  # of the colour circle, from one class to the next: neighbours differ
VOID = 255


class Points(NamedTuple):
    """Embeddings in the plane, and their classes: (N, 2) and (N,), (M, 2) and (M,)."""

    real: NDArray[Any]
    of_real: NDArray[np.int64]
    made: NDArray[Any]
    of_made: NDArray[np.int64]


def colours(seen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A colour per class and, last, white for void, (K + 1, 3): pale for seen classes."""
    rows = []
    for sort, strong in ((np.flatnonzero(seen), False), (np.flatnonzero(~seen), True)):
        how = (0.95, 0.8) if strong else (0.25, 0.92)  # saturation and brightness
        rows += [(c, colorsys.hsv_to_rgb(GOLDEN * i % 1, *how)) for i, c in enumerate(sort)]
    found = np.full((len(seen) + 1, 3), VOID, np.uint8)
    for c, colour in rows:
        found[c] = np.rint(VOID * np.array(colour))
    return found


@rc_context(STYLE)
def synthesised(
    panels: Mapping[str, Points],
    classes: Mapping[int, str],
    palette: NDArray[np.uint8],
    title: str,
) -> Figure:
    """A panel per generator: real embeddings as dots, generated ones as crosses (Figure 5).

    Args:
        panels: by what stands above them.
        classes: names of the ids.
        palette: colours of all classes.
        title: stands above.
    """
    wide = LEFT + len(panels) * (PANEL + GAP)
    beside = max(1, int(wide / (0.3 + WIDTH * max(map(len, (*classes.values(), "generated"))))))
    lines = -(-(len(classes) + 2) // beside)
    sheet = Sheet((wide, TITLE + ABOVE + PANEL + 0.2 + ENTRY * lines), title)
    for i, (name, points) in enumerate(panels.items()):
        axes = sheet.axes(LEFT + i * (PANEL + GAP), TITLE + ABOVE, PANEL, PANEL)
        (x, y), dots = points.real.T, palette[points.of_real] / VOID
        axes.scatter(x, y, s=10, c=dots, linewidths=0)
        (x, y), crosses = points.made.T, palette[points.of_made] / VOID
        axes.scatter(x, y, s=14, c=crosses, marker="x", linewidths=0.7)
        axes.set_title(name, fontsize=9, fontweight="normal", loc="center")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(True)
    entries = [_dot("o", palette[c] / VOID, name) for c, name in classes.items()]
    entries += [_dot("o", "black", "real"), _dot("x", "black", "generated")]
    close = {"labelspacing": 0.2, "handletextpad": 0.1, "columnspacing": 1.0, "borderpad": 0.2}
    sheet.figure.legend(handles=entries, loc="lower left", ncols=beside, fontsize=NAMES, **close)
    return sheet.figure


def _dot(marker: str, colour: Any, name: str) -> Line2D:
    return Line2D([], [], marker=marker, color=colour, ls="", ms=4, label=name)


def painted(classes: NDArray[Any], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A map of classes in 0..K-1, -1 for void, (H, W), as a picture (H, W, 3)."""
    return palette[classes]


def fitted(images: Sequence[NDArray[np.uint8]], side: int) -> NDArray[np.uint8]:
    """Pictures (h, w, 3) of any size on white squares, (n, side, side, 3); pixels are not mixed."""
    found = np.full((len(images), side, side, 3), VOID, np.uint8)
    for square, image in zip(found, images, strict=True):
        height, width = image.shape[:2]
        scale = max(height, width) / side
        rows = ((np.arange(round(height / scale)) + 0.5) * scale).astype(int)
        columns = ((np.arange(round(width / scale)) + 0.5) * scale).astype(int)
        small = image[rows.clip(max=height - 1)][:, columns.clip(max=width - 1)]
        top, left = ((side - n) // 2 for n in small.shape[:2])
        square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return found
