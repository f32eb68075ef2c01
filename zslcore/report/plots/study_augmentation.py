"""The figure of classifiers that see more than visual features."""

from collections.abc import Iterable

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from pandas import DataFrame

from zslcore.report.style import COLOURS, NAMES, STYLE, names_height

LIGHT = ("#7FB8D8", "#C9C9C9")  # with and without, as they are given
KINDS = {"real": True, "synthesised": False}  # whether they are filled
GROUP = 0.8  # width of the bars of a class
PLANES = 2.9  # inches, the height of the t-SNE panels
ENTRY = 0.2  # inches, that of a line of their legend


@rc_context(STYLE)
def augmentation(accuracies: DataFrame, plane: DataFrame, title: str) -> Figure:
    """Accuracy of each unseen class by variant, and some classes' features in the plane (Figure 6).

    Classes stand in the order of the first variant's accuracy. Real features are filled,
    synthesised ones hollow.

    Args:
        accuracies: columns variant, class, accuracy, low, high; in [0, 1].
        plane: columns space, kind, class, x, y. Either may be empty: it has no panels then.
        title: stands above.
    """
    classes = accuracies["class"].nunique()
    upper = 1.9 + names_height(accuracies["class"]) if classes else 0.0
    width = max(7.2, 1.2 + 0.2 * classes)
    columns = _columns(plane["class"], width)
    lines = -(-(plane["class"].nunique() + len(KINDS)) // columns)
    lower = PLANES + ENTRY * lines if len(plane) else 0.0
    figure = Figure(figsize=(width, 0.3 + upper + lower), layout="constrained")
    parts = iter(_parts(figure, [height for height in (upper, lower) if height]))
    if classes:
        _bars(next(parts), accuracies)
    if len(plane):
        _planes(next(parts), plane, columns)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure


def _parts(figure: Figure, heights: list[float]) -> list[SubFigure]:
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)
    return list(parts[:, 0])


def _bars(part: SubFigure, accuracies: DataFrame) -> None:
    axes = part.subplots()
    variants = accuracies["variant"].unique()
    first = accuracies[accuracies["variant"] == variants[0]]
    order = first.sort_values("accuracy", ascending=False, kind="stable")["class"]
    width, places = GROUP / len(variants), np.arange(len(order))
    for i, (variant, colour) in enumerate(zip(variants, LIGHT, strict=False)):
        of_class = accuracies[accuracies["variant"] == variant].set_index("class").reindex(order)
        own = 100 * of_class[["accuracy", "low", "high"]]
        x = places - GROUP / 2 + (i + 0.5) * width
        axes.bar(x, own["accuracy"], width, color=colour, label=variant)
        varies = (own["high"] > own["low"]).to_numpy()
        axes.vlines(x[varies], own["low"][varies], own["high"][varies], "black", lw=1.0)
    axes.set_xticks(places, order, rotation=90, fontsize=NAMES)
    axes.tick_params(axis="x", length=0)
    axes.set(ylabel="accuracy (%)", xlim=(-0.6, len(order) - 0.4), ylim=(0, 100))
    axes.grid(axis="y")
    part.legend(loc="outside upper right", ncols=len(variants))


def _columns(names: Iterable[str], width: float) -> int:
    """How many of the legend's entries stand side by side."""
    longest = max(map(len, names), default=1)
    return max(1, min(4, int(width / (0.5 + 0.55 * STYLE["legend.fontsize"] / 72 * longest))))


def _planes(part: SubFigure, plane: DataFrame, columns: int) -> None:
    spaces = {str(space): points for space, points in plane.groupby("space", sort=False)}
    colours = dict(zip(plane["class"].unique(), COLOURS, strict=False))
    for axes, (space, points) in zip(
        part.subplots(1, len(spaces), squeeze=False)[0], spaces.items(), strict=True
    ):
        _points(axes, points, colours)
        axes.set_title(f"{space} space", fontsize=9, fontweight="normal")
    looks = [_dot(colour, True, str(name)) for name, colour in colours.items()]
    kinds = [_dot("black", filled, kind) for kind, filled in KINDS.items()]
    part.legend(handles=[*looks, *kinds], loc="outside lower center", ncols=columns)


def _points(axes: Axes, points: DataFrame, colours: dict[str, str]) -> None:
    for (name, kind), own in points.groupby(["class", "kind"], sort=False):
        colour = colours[str(name)]
        face = colour if KINDS[str(kind)] else "none"
        axes.scatter(own["x"], own["y"], s=12, facecolors=face, edgecolors=colour, linewidths=0.8)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)


def _dot(colour: str, filled: bool, label: str) -> Line2D:
    face = colour if filled else "none"
    return Line2D([], [], ls="", marker="o", ms=4, mec=colour, mfc=face, label=label)
