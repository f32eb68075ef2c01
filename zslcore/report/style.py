"""How all figures look, and how they become bytes."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

# Okabe and Ito 2008, https://jfly.uni-koeln.de/color/: told apart with any colour vision
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", ":")
GREY = "#666666"
NAMES = 7  # size of class names, points

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "svg.hashsalt": "zslcore",  # names inside the file are random otherwise
    "path.simplify_threshold": 0.5,  # pixels: a curve has as many points as there are images
}


def names_height(names: Iterable[str]) -> float:
    """Room for upright class names below a panel, in inches; a letter is 0.6 of its size wide."""
    return 0.6 * NAMES / 72 * max(map(len, names))


def svg(figure: Figure) -> bytes:
    """The figure as SVG; the same figure gives the same bytes."""
    buffer = BytesIO()
    with rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
