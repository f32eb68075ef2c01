"""The figure of where experts look in images."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from zslcore.report.plots.sheet import Sheet
from zslcore.report.style import NAMES, STYLE

EXPERTS = {"coarse": "cExp", "fine": "fExp"}
HEAT = LinearSegmentedColormap.from_list("heat", [(0.84, 0.37, 0, 0), (0.84, 0.37, 0, 0.9)])
PANEL, FIRST = 0.95, 1.4  # inches: side of a panel, width of the column of images
GAP, ABOVE, BELOW = 0.1, 0.42, 0.22  # between panels, for the names above and below them
START, BAR, TITLE = FIRST + 0.45, 0.75, 0.25  # of the panels, for the scale, for the title
LETTERS = {PANEL: 15, FIRST: 22}  # that such a width has room for
GREYS = 16  # levels of the image below a heat map: enough to see by, at a third of the bytes


@dataclass(frozen=True)
class Looked:
    """An image, and where it was looked at.

    Attributes:
        name: of its class.
        image: uint8 (h, w, 3).
        attributes: names of n attributes.
        clusters: of each of them, the name of its cluster.
        maps: attention of each expert, (n, height, width); each of the n sums to 1.
    """

    name: str
    image: NDArray[np.uint8]
    attributes: Sequence[str]
    clusters: Sequence[str]
    maps: Mapping[str, NDArray[Any]]


@rc_context(STYLE)
def attention(images: Sequence[Looked], title: str) -> Figure:
    """Heat maps over images, a row per expert and a column per attribute (Figure 3).

    All have one scale: attention as a multiple of what a region has if all have the same. Below
    the fine expert's stand the clusters that the attributes belong to.

    Args:
        images: those to show, with maps of the same experts.
        title: stands above.
    """
    experts = [expert for expert in EXPERTS if expert in images[0].maps]
    columns = max(len(each.attributes) for each in images)
    high = ABOVE + len(experts) * PANEL + (len(experts) - 1) * GAP + BELOW  # an image's part
    sheet = Sheet((START + columns * (PANEL + GAP) + BAR, TITLE + len(images) * high), title)
    top = max(float(maps.max()) * maps[0].size for each in images for maps in each.maps.values())
    scale = ScalarMappable(Normalize(0, top), HEAT)
    for place, each in enumerate(images):
        y = TITLE + place * high + ABOVE
        axes = sheet.axes(GAP, y, FIRST, high - ABOVE - BELOW)
        axes.imshow(each.image, interpolation="none")
        _named(axes, _wrapped(each.name, FIRST), "")
        for below, expert in enumerate(experts):
            at = [START + i * (PANEL + GAP) for i in range(len(each.maps[expert]))]
            line = [sheet.axes(x, y + below * (PANEL + GAP), PANEL, PANEL) for x in at]
            _row(line, each, expert, scale)
    bar = sheet.axes(sheet.size[0] - BAR + GAP, TITLE + ABOVE, 0.12, high - ABOVE - BELOW)
    sheet.figure.colorbar(scale, cax=bar).set_label("attention, as a multiple of uniform")
    return sheet.figure


def _row(line: Sequence[Axes], each: Looked, expert: str, scale: ScalarMappable) -> None:
    """An expert's maps, first those of the first attribute."""
    height, width = each.image.shape[:2]
    step = 256 // GREYS
    grey = (each.image.mean(2) // step * step).astype(np.uint8)
    heat = each.maps[expert] * each.maps[expert][0].size
    for axes, values, attribute, cluster in zip(
        line, heat, each.attributes, each.clusters, strict=True
    ):
        axes.imshow(grey, cmap="gray", vmin=0, vmax=255, interpolation="none")
        axes.imshow(
            scale.to_rgba(values),
            extent=(-0.5, width - 0.5, height - 0.5, -0.5),
            interpolation="none",
        )
        above = attribute if expert == next(iter(each.maps)) else ""
        _named(axes, _wrapped(above, PANEL), f"of {cluster}" if expert == "fine" else "")
    line[0].set_ylabel(EXPERTS[expert], fontsize=9)


def _named(axes: Axes, above: str, below: str) -> None:
    axes.set_title(above, fontsize=NAMES, fontweight="normal", loc="center")
    axes.set_xlabel(below, fontsize=NAMES)
    axes.set(xticks=[], yticks=[])


def _wrapped(text: str, width: float) -> str:
    """Lines that fit; a group of attributes and its value stand below each other."""
    parts = text.replace("::", "::\n").split("\n")
    return "\n".join(textwrap.fill(part, LETTERS[width]) for part in parts)
