"""Which figures the studies of CLAREL have."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from zslcore.report.plots.study_bars import bars
from zslcore.report.plots.study_sweep import sweep
from zslcore.report.study import Study

WEIGHTS = {"lam": "lambda", "kappa": "kappa"}


def figures(table: Study, dataset: str) -> Iterator[tuple[str, Figure]]:
    """The figures of those tables that have lines, each with its name.

    Args:
        table: of every file there may be; the first line of `clarel-losses` is that of the
            settings.
        dataset: its name.
    """
    losses = table["clarel-losses"]
    for column, name in WEIGHTS.items() if len(losses) else ():
        (other,) = WEIGHTS.keys() - {column}
        varied = losses[losses[other] == losses[other].iloc[0]]
        yield f"clarel-{name}", sweep({"": varied}, column, name, f"{dataset}: CLAREL over {name}")
    if len(alphas := table["clarel-alpha"]):
        phases = {str(phase): own for phase, own in alphas.groupby("phase", sort=False)}
        yield "clarel-alpha", sweep(phases, "alpha", "alpha", f"{dataset}: rescaled distances")
    if len(parts := table["clarel-parts"]):
        title = f"{dataset}: parts of CLAREL"
        yield "clarel-parts", bars(parts, title, ("h", "text_in_class_r1"))
