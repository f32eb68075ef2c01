"""Which figures the studies of Bi-VAEGAN have."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.figure import Figure

from zslcore.report.plots.study_augmentation import augmentation
from zslcore.report.plots.study_bars import bars
from zslcore.report.plots.study_convergence import convergence
from zslcore.report.plots.study_knowledge import knowledge
from zslcore.report.plots.study_normalization import normalization
from zslcore.report.plots.study_radius import radius
from zslcore.report.study import Study


def figures(table: Study, dataset: str) -> Iterator[tuple[str, Figure]]:
    """The figures of those tables that have lines, each with its name.

    Args:
        table: of every file there may be.
        dataset: its name.
    """
    trained = [table[f"{name}-epochs"] for name in ("published", "convergence")]
    if longer := [history for history in trained if len(history)]:
        yield "convergence", convergence(pd.concat(longer), f"{dataset}: by length of training")
    if len(table["priors"]):
        title = f"{dataset}: prior of the unseen classes"
        yield "priors", bars(table["priors"], title, ("t1", "prior_tv"))
    if len(table["ablation"]):
        yield "ablation", bars(table["ablation"], f"{dataset}: parts of the method", ("t1",))
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
