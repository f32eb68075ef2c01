"""The figure of what describes the classes."""

import re

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.plots.study_lines import line
from zslcore.report.style import COLOURS, STYLE

PROTOTYPES = re.compile(r"prototypes of (\d+|all)")
WITHOUT = ", without TR"
LOOKS = {"with TR": COLOURS[0], "without TR": COLOURS[1]}


@rc_context(STYLE)
def knowledge(variants: DataFrame, title: str) -> Figure:
    """T1 against the images that a prototype is the mean of, with and without the regressor.

    Class vectors of other kinds are horizontal lines, with their band (Figure 5).

    Args:
        variants: columns variant, t1, t1_ci95; accuracies in [0, 1]. A variant is "prototypes of
            N", "prototypes of all" or the name of other class vectors; any of them may end in
            ", without TR".
        title: stands above.
    """
    without = variants["variant"].str.endswith(WITHOUT)
    what = variants["variant"].str.removesuffix(WITHOUT)
    variants = variants.assign(what=what, shots=what.str.extract(PROTOTYPES, expand=False))
    shots = sorted(variants["shots"].dropna().unique(), key=_number)
    figure = Figure(figsize=(6.8, 3.4), layout="constrained")
    axes = figure.subplots()
    for (look, colour), rows in zip(LOOKS.items(), (~without, without), strict=True):
        own = variants[rows]
        _prototypes(axes, own.dropna(subset="shots"), shots, colour, f"prototypes, {look}")
        for _, other in own[own["shots"].isna()].iterrows():
            _other(axes, other["t1"], other["t1_ci95"], colour, f"{other['what']}, {look}")
    axes.set_xticks(range(len(shots)), shots)
    axes.set(xlabel="labelled images of each class", ylabel="T1 (%)", title=title)
    axes.grid()
    figure.legend(loc="outside right upper")
    return figure


def _number(shots: str) -> float:
    return float("inf") if shots == "all" else float(shots)


def _prototypes(axes: Axes, own: DataFrame, shots: list[str], colour: str, label: str) -> None:
    if len(own):
        own = own.assign(place=own["shots"].map(shots.index)).sort_values("place")
        line(axes, own["place"], own["t1"], own["t1_ci95"], colour, label)


def _other(axes: Axes, t1: float, ci95: float, colour: str, label: str) -> None:
    axes.axhline(100 * t1, color=colour, linestyle="--", linewidth=1.2, label=label)
    if ci95 > 0:
        band = (100 * (t1 - ci95), 100 * (t1 + ci95))
        axes.axhspan(*band, color=colour, alpha=0.1, linewidth=0)
