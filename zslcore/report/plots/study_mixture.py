"""The figure of what the weights of branches and experts do."""

from matplotlib import rc_context
from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.plots.study_lines import line
from zslcore.report.style import COLOURS, STYLE

CALIBRATED = {"h": "H", "t1": "T1"}
UNCALIBRATED = {
    "uncalibrated_h": "uncalibrated H",
    "uncalibrated_u": "uncalibrated U",
    "uncalibrated_s": "uncalibrated S",
}
PANELS = {  # what is drawn over each parameter, and its axis
    "lambda_e": (CALIBRATED, "weight of the coarse expert, lambda_e"),
    "lambda_rc": (CALIBRATED, "weight of the region branch, lambda_rc"),
    "margin": (UNCALIBRATED, "margin"),
}


@rc_context(STYLE)
def mixture(swept: DataFrame, title: str) -> Figure:
    """Accuracies over each parameter, with their 95 % intervals over seeds (Figure 4 a and b).

    Args:
        swept: columns parameter, value and those of `PANELS`, each with its half width in
            <column>_ci95; accuracies in [0, 1].
        title: stands above.
    """
    groups = {str(name): own.sort_values("value") for name, own in swept.groupby("parameter")}
    shown = [parameter for parameter in PANELS if parameter in groups]
    figure = Figure(figsize=(0.4 + 3.1 * len(shown), 3.2), layout="constrained")
    panels = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, parameter in zip(panels, shown, strict=True):
        curves, label = PANELS[parameter]
        own = groups[parameter]
        for colour, (column, name) in zip(COLOURS, curves.items(), strict=False):
            line(axes, own["value"], own[column], own[f"{column}_ci95"], colour, name)
        axes.set(xlabel=label)
        axes.grid()
        axes.legend()
    panels[0].set(ylabel="accuracy (%)", ylim=(0, 100))
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure
