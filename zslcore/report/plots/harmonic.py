"""The figure of harmonic means."""

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.settings import headings
from zslcore.report.style import COLOURS, GREY, STYLE


@rc_context(STYLE)
def harmonic_means(metrics: DataFrame, intervals: DataFrame, title: str) -> Figure:
    """Bars of H, best on top in each setting, with what varies: seeds and images.

    Args:
        metrics: columns row, setting, value, ci95 of `gzsl.h`; in [0, 1].
        intervals: columns row, low, high of the same rows, or of some of them.
        title: stands above.
    """
    bars, above = _placed(metrics.dropna(subset="value"))
    places, value, ci95 = bars["place"].to_numpy(), 100 * bars["value"], 100 * bars["ci95"]
    spans = 100 * intervals.set_index("row")[["low", "high"]].reindex(bars.index)
    top = max([places[-1], *above.values()])
    figure = Figure(figsize=(6.4, 1.46 + 0.26 * top), layout="constrained")
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
    _write(axes, bars, above)
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel="harmonic mean H (%)", title=title)
    axes.set(xlim=(0, None), ylim=(-0.6, top + 0.6))
    axes.grid(axis="x")
    figure.legend(loc="outside lower right", ncols=2)
    return figure


def _placed(bars: DataFrame) -> tuple[DataFrame, dict[str, int]]:
    """The bars by row, from the bottom up with their `place`, and the places of the headings."""
    blocks, above, place = [], {}, 0
    for setting, heading in reversed(headings(bars["setting"]).items()):
        block = bars[bars["setting"] == setting].sort_values("value", kind="stable")
        blocks.append(block.assign(place=place + np.arange(len(block))))
        place += len(block)
        if heading:
            above[heading] = place
            place += 1
    return pd.concat(blocks).set_index("row"), above


def _write(axes: Axes, bars: DataFrame, above: dict[str, int]) -> None:
    axes.set_yticks(bars["place"], bars.index)
    for place, number in zip(bars["place"], 100 * bars["value"], strict=True):
        axes.text(1.02, place, f"{number:.1f}", va="center", transform=axes.get_yaxis_transform())
    for heading, place in above.items():
        axes.text(
            *(0.01, place, heading),
            va="center",
            fontweight="bold",
            transform=axes.get_yaxis_transform(),
        )
