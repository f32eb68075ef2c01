"""Which figures a dataset has, drawn."""

from collections.abc import Iterator

from matplotlib.figure import Figure
from pandas import DataFrame

from zslcore.report.collect import HEADLINE, Results
from zslcore.report.plots.curves import seen_unseen
from zslcore.report.plots.harmonic import harmonic_means
from zslcore.report.plots.per_class import per_class
from zslcore.report.plots.prior import prior
from zslcore.report.plots.study_augmentation import augmentation
from zslcore.report.plots.study_bars import bars
from zslcore.report.plots.study_knowledge import knowledge
from zslcore.report.plots.study_normalization import normalization
from zslcore.report.plots.study_radius import radius
from zslcore.report.plots.training import training
from zslcore.report.studies import FILES, Study
from zslcore.report.style import svg


def draw(results: Results, dataset: str) -> dict[str, bytes]:
    """The figures of one dataset as SVG, by the name of their file.

    They are <dataset>-curves.svg, -per-class.svg, -h.svg, -prior.svg and -training.svg, each only
    where there is something to draw.
    """
    return {f"{dataset}-{name}.svg": svg(figure) for name, figure in _figures(results, dataset)}


def draw_studies(study: Study, dataset: str) -> dict[str, bytes]:
    """The figures of the studies on one dataset as SVG, by the name of their file.

    They are <dataset>-study-priors.svg, -ablation.svg, -radius.svg, -normalization.svg,
    -knowledge.svg and -augmentation.svg, each only where there is something to draw.
    """
    drawn = _of_studies(study, dataset)
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


def _of_studies(study: Study, dataset: str) -> Iterator[tuple[str, Figure]]:
    table = {name: study.get(name, DataFrame(columns=list(FILES[name]))) for name in FILES}
    if len(table["priors"]):
        yield "priors", bars(table["priors"], f"{dataset}: prior of the unseen classes", True)
    if len(table["ablation"]):
        yield "ablation", bars(table["ablation"], f"{dataset}: parts of the method", False)
    if len(table["radius"]):
        yield "radius", radius(table["radius"], f"{dataset}: length of the features")
    values, history = table["values"], table["normalization-epochs"].dropna(subset="zsl")
    if len(values) or len(history):
        yield "normalization", normalization(values, history, f"{dataset}: scaling of features")
    if len(table["knowledge"]):
        yield "knowledge", knowledge(table["knowledge"], f"{dataset}: knowledge of the classes")
    accuracies, plane = table["per-class"], table["tsne"]
    if len(accuracies) or len(plane):
        yield "augmentation", augmentation(accuracies, plane, f"{dataset}: feature augmentation")
