"""The figure of accuracies over a setting."""

from collections.abc import Mapping

from matplotlib import rc_context
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.plots.study_lines import line
from zslcore.report.style import COLOURS, STYLE

CURVES = {"h": "H", "u": "U", "s": "S"}


@rc_context(STYLE)
def sweep(tables: Mapping[str, DataFrame], column: str, label: str, title: str) -> Figure:
    """U, S and H over a setting, with their 95 % intervals over seeds.

    Args:
        tables: a panel each, by its title; columns `column` and those of `CURVES`, each with its
            half width in <column>_ci95; accuracies in [0, 1].
        column: what is along the axis.
        label: of the axis.
        title: stands above.
    """
    figure = Figure(figsize=(1.4 + 3.4 * len(tables), 3.2), layout="constrained")
    panels = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
    for axes, (name, table) in zip(panels, tables.items(), strict=True):
        table = table.sort_values(column)
        for colour, (curve, words) in zip(COLOURS, CURVES.items(), strict=False):
            line(axes, table[column], table[curve], table[f"{curve}_ci95"], colour, words)
        axes.set(xlabel=label, title=name)
        axes.grid()
        axes.legend()
    panels[0].set(ylabel="accuracy (%)", ylim=(0, 100))
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure
