"""Which figures a dataset has, drawn."""

from collections.abc import Iterator

from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.collect import HEADLINE, Results
from zslcore.report.plots import (
    studies_bivaegan,
    studies_clarel,
    studies_dedn,
    studies_pading,
    studies_spaen,
)
from zslcore.report.plots.curves import seen_unseen
from zslcore.report.plots.harmonic import harmonic_means
from zslcore.report.plots.per_class import per_class
from zslcore.report.plots.prior import prior
from zslcore.report.plots.training import training
from zslcore.report.studies import FILES
from zslcore.report.study import Study
from zslcore.report.style import svg

OF_STUDIES = tuple(
    each.figures
    for each in (studies_bivaegan, studies_clarel, studies_dedn, studies_spaen, studies_pading)
)


def draw(results: Results, dataset: str) -> dict[str, bytes]:
    """The figures of one dataset as SVG, by the name of their file.

    They are <dataset>-curves.svg, -per-class.svg, -h.svg, -prior.svg and -training.svg, each only
    where there is something to draw.
    """
    return {f"{dataset}-{name}.svg": svg(figure) for name, figure in _figures(results, dataset)}


def draw_studies(study: Study, dataset: str) -> dict[str, bytes]:
    """The figures of the studies on one dataset as SVG, by the name of their file.

    They are <dataset>-study-<name>.svg, each only where there is something to draw.
    """
    table = {name: study.get(name, DataFrame(columns=list(FILES[name]))) for name in FILES}
    drawn = (figure for figures in OF_STUDIES for figure in figures(table, dataset))
    return {f"{dataset}-study-{name}.svg": svg(figure) for name, figure in drawn}


def _figures(results: Results, dataset: str) -> Iterator[tuple[str, Figure]]:
    curves, accuracies, metrics, intervals, priors, history = (
        table[table["dataset"] == dataset]
        for table in (
            *(results.curves, results.per_class, results.metrics, results.intervals),
            *(results.priors, results.training),
        )
    )
    means = metrics[metrics["metric"] == HEADLINE].dropna(subset="value")
    if len(curves):
        yield "curves", seen_unseen(curves, f"{dataset}: seen against unseen accuracy")
    if len(accuracies):
        yield "per-class", per_class(accuracies, f"{dataset}: accuracy of unseen classes")
    if len(means):
        spans = intervals[intervals["metric"] == HEADLINE]
        yield "h", harmonic_means(means, spans, f"{dataset}: harmonic mean")
    if len(priors):
        yield "prior", prior(priors, f"{dataset}: class prior of the unseen classes")
    if len(history):
        yield "training", training(history, f"{dataset}: test accuracy and prior by epoch")
