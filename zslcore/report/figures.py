"""Which figures a dataset has, drawn."""

from zslcore.report import plots
from zslcore.report.collect import HEADLINE, Results
from zslcore.report.style import svg


def draw(results: Results, dataset: str) -> dict[str, bytes]:
    """The figures of one dataset as SVG, by the name of their file.

    They are <dataset>-curves.svg, <dataset>-per-class.svg and <dataset>-h.svg, each only where
    there is something to draw.
    """
    curves, accuracies, metrics, intervals = (
        table[table["dataset"] == dataset]
        for table in (results.curves, results.per_class, results.metrics, results.intervals)
    )
    means = metrics[metrics["metric"] == HEADLINE].dropna(subset="value")
    figures = {}
    if len(curves):
        figures["curves"] = plots.seen_unseen(curves, f"{dataset}: seen against unseen accuracy")
    if len(accuracies):
        figures["per-class"] = plots.per_class(accuracies, f"{dataset}: accuracy of unseen classes")
    if len(means):
        spans = intervals[intervals["metric"] == HEADLINE]
        figures["h"] = plots.harmonic_means(means, spans, f"{dataset}: harmonic mean")
    return {f"{dataset}-{name}.svg": svg(figure) for name, figure in figures.items()}
