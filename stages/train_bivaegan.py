"""Go on with unlabelled images, and score: python -m stages.train_bivaegan DATASET PHASE."""

from collections.abc import Mapping

import numpy as np

from stages import bivaegan, paths
from stages.entry import enter
from stages.training import left_out
from zslcore.data import scores
from zslcore.data.problem import Array
from zslcore.data.scores import Scores
from zslcore.methods.bivaegan.method import Trained, fit_transductive, load
from zslcore.methods.bivaegan.model import Model


def main(dataset: str, phase: str) -> None:
    log = bivaegan.log_of(dataset, phase, "transductive")
    model = paths.models("bivaegan", dataset, phase)
    answers = paths.scores("bivaegan", dataset, phase)
    if left_out("bivaegan", dataset, (log, log.with_suffix(".csv")), (model, answers)):
        return
    given = bivaegan.read(dataset, phase)
    problem, x = given.problem(transductive=True)
    inductive = load(paths.models("bivaegan_inductive", dataset, phase), given.device)
    prior = np.load(paths.prior("bivaegan", dataset, phase))
    with given.run("transductive") as run:
        if given.cfg.epochs.transductive:
            trained = fit_transductive(problem, given.cfg, run, inductive, prior, x)
        else:
            trained = Trained(inductive, {})
        rows = {"bivaegan": row(given, trained.model, x, trained.history)}
        if given.cfg.epochs.inductive and given.cfg.epochs.transductive:
            rows["bivaegan_inductive"] = row(given, inductive, x, None)
        trained.model.save(model)
        scores.save(rows, answers)


def row(
    given: bivaegan.Given, model: Model, x: Array, history: Mapping[str, Array] | None
) -> Scores:
    """A line of the results table; the inductive model has no history."""
    transductive = history is not None and given.cfg.epochs.transductive > 0
    return Scores(
        model.scores(x),
        model.kind,
        given.cfg.model_dump(mode="json"),
        given.seeds,
        bivaegan.setting(given, transductive),
        history or {},
    )


if __name__ == "__main__":
    enter(main)
