"""The figure of the radius of the sphere that features are scaled to."""

from matplotlib import rc_context
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.plots.study_lines import line
from zslcore.report.style import COLOURS, STYLE


@rc_context(STYLE)
def radius(variants: DataFrame, title: str) -> Figure:
    """T1 against r on a logarithmic axis, with its 95 % interval over seeds (Figure 4 d).

    Args:
        variants: columns variant (r, as text), t1, t1_ci95; accuracies in [0, 1].
        title: stands above.
    """
    variants = variants.assign(r=variants["variant"].astype(float)).sort_values("r")
    figure = Figure(figsize=(4.8, 3.2), layout="constrained")
    axes = figure.subplots()
    line(axes, variants["r"], variants["t1"], variants["t1_ci95"], COLOURS[0])
    axes.set_xscale("log")
    axes.set_xticks(variants["r"], variants["variant"])
    axes.set_xticks([], minor=True)
    axes.set(xlabel="length r of the features", ylabel="T1 (%)", title=title)
    axes.grid()
    return figure
