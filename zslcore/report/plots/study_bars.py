"""The figure of a study's variants as bars."""

from collections.abc import Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame, Series

from zslcore.report.style import COLOURS, STYLE

PANELS = {
    "t1": "T1 (%)",
    "prior_tv": "prior TV (%)",
    "h": "H (%)",
    "text_in_class_r1": "text R@1 in class (%)",
    "panoptic.pq.unseen": "PQ, unseen (%)",
    "panoptic.pq.hm": "PQ, harmonic (%)",
}
LOOKS = (("#BFDDF0", COLOURS[0]), ("#F5D5BF", COLOURS[1]))  # bars and lines of each panel


@rc_context(STYLE)
def bars(variants: DataFrame, title: str, shown: Sequence[str]) -> Figure:
    """Numbers of every variant with their 95 % intervals over seeds, in the order of the lines.

    Args:
        variants: columns variant and, for each of those shown, <column> and <column>_ci95, in
            [0, 1]; NaN leaves its place empty.
        title: stands above.
        shown: columns, one panel each: one or two of `PANELS`.
    """
    size = (3.0 + 2.9 * len(shown), 1.1 + 0.26 * len(variants))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, column, look in zip(panels, shown, LOOKS, strict=False):
        _panel(axes, 100 * variants[column], 100 * variants[f"{column}_ci95"], look)
        axes.set_xlabel(PANELS[column])
    panels[0].set_yticks(range(len(variants)), variants["variant"])
    panels[0].invert_yaxis()
    panels[0].set_title(title)
    return figure


def _panel(axes: Axes, value: Series, ci95: Series, look: tuple[str, str]) -> None:
    light, colour = look
    places = np.arange(len(value), dtype=float)
    axes.barh(places, value, height=0.72, color=light)
    varies = (ci95 > 0).to_numpy()
    axes.hlines(places[varies], (value - ci95)[varies], (value + ci95)[varies], colour, lw=1.8)
    for place, number in zip(places, value, strict=True):
        text = "" if np.isnan(number) else f"{number:.1f}"
        axes.text(1.02, place, text, va="center", transform=axes.get_yaxis_transform())
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(0, None))
    axes.grid(axis="x")
