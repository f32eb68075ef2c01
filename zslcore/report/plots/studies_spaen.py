"""Which figures the studies of SP-AEN have."""

from collections.abc import Iterator

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.packed import unpacked
from zslcore.report.plots.reconstruction import reconstruction
from zslcore.report.plots.study_bars import bars
from zslcore.report.plots.study_lines import line
from zslcore.report.study import Study
from zslcore.report.style import COLOURS, STYLE

PANELS = {"accuracy (%)": {"h": "H", "t1": "T1"}, "100 MSE": {"mse": "G(F(x))"}}


def figures(table: Study, dataset: str) -> Iterator[tuple[str, Figure]]:
    """The figures of those tables that have lines, each with its name.

    Args:
        table: of every file there may be.
        dataset: its name.
    """
    if len(parts := table["spaen-parts"]):
        yield "spaen-parts", bars(parts, f"{dataset}: parts of SP-AEN", ("h", "t1"))
    if len(alphas := table["spaen-alpha"]):
        yield "spaen-alpha", over_alpha(alphas, f"{dataset}: SP-AEN over alpha")
    for name, by in (("spaen-alpha", "over alpha"), ("spaen-modes", "by length of training")):
        if len(made := table[f"{name}-pictures"]):
            yield f"{name}-pictures", pictures(made, f"{dataset}: reconstructions {by}")


def pictures(table: DataFrame, title: str) -> Figure:
    """Images of the same size, a row for each variant, in the order of the table.

    Args:
        table: columns variant, class, and picture, as `packed` makes it.
        title: stands above.

    Raises:
        ValueError: a picture is none.
    """
    groups = {str(name): own for name, own in table.groupby("variant", sort=False)}
    rows = {
        name: np.stack([unpacked(text) for text in own["picture"]]) for name, own in groups.items()
    }
    classes = next(iter(groups.values()))["class"]
    return reconstruction(rows, list(classes), title)


@rc_context(STYLE)
def over_alpha(alphas: DataFrame, title: str) -> Figure:
    """Accuracies, and beside them the error of the pictures, over the weight of reconstruction.

    Args:
        alphas: columns alpha and those of `PANELS`, each with its half width in <column>_ci95.
        title: stands above.
    """
    alphas = alphas.sort_values("alpha")
    figure = Figure(figsize=(7.2, 3.2), layout="constrained")
    panels = figure.subplots(1, len(PANELS))
    for axes, (label, curves) in zip(panels, PANELS.items(), strict=True):
        for colour, (column, name) in zip(COLOURS, curves.items(), strict=False):
            line(axes, alphas["alpha"], alphas[column], alphas[f"{column}_ci95"], colour, name)
        axes.set(xscale="log", xlabel="alpha", ylabel=label, ylim=(0, None))
        axes.grid()
        axes.legend()
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure
