"""The figure of a study's variants as bars."""

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame, Series

from zslcore.report.style import COLOURS, STYLE

PANELS = {"t1": "T1 (%)", "prior_tv": "prior TV (%)"}
LIGHT = {"t1": "#BFDDF0", "prior_tv": "#F5D5BF"}


@rc_context(STYLE)
def bars(variants: DataFrame, title: str, with_prior: bool) -> Figure:
    """T1 of every variant with its 95 % interval over seeds, in the order of the lines.

    Args:
        variants: columns variant, t1, t1_ci95, prior_tv, prior_tv_ci95; in [0, 1].
        title: stands above.
        with_prior: a second panel has the prior's total variation, empty where it is NaN.
    """
    shown = list(PANELS)[: 2 if with_prior else 1]
    size = (3.0 + 2.9 * len(shown), 1.1 + 0.26 * len(variants))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, column, colour in zip(panels, shown, COLOURS, strict=False):
        _panel(axes, 100 * variants[column], 100 * variants[f"{column}_ci95"], colour, column)
    panels[0].set_yticks(range(len(variants)), variants["variant"])
    panels[0].invert_yaxis()
    panels[0].set_title(title)
    return figure


def _panel(axes: Axes, value: Series, ci95: Series, colour: str, column: str) -> None:
    places = np.arange(len(value), dtype=float)
    axes.barh(places, value, height=0.72, color=LIGHT[column])
    varies = (ci95 > 0).to_numpy()
    axes.hlines(places[varies], (value - ci95)[varies], (value + ci95)[varies], colour, lw=1.8)
    for place, number in zip(places, value, strict=True):
        text = "" if np.isnan(number) else f"{number:.1f}"
        axes.text(1.02, place, text, va="center", transform=axes.get_yaxis_transform())
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel=PANELS[column], xlim=(0, None))
    axes.grid(axis="x")
