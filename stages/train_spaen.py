"""SP-AEN's E and D; scores of the phase's images: python -m stages.train_spaen DATASET PHASE.

Beside it stands `classification`, the same E trained by its ranking loss alone (Table 2).
"""

import logging
from collections.abc import Sequence

from stages import paths, spaen
from stages.entry import enter
from zslcore.data import scores
from zslcore.data.problem import Array, Problem
from zslcore.data.scores import Scores
from zslcore.methods.spaen import autoencoder, pretrained
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.method import fit_e
from zslcore.methods.spaen.model import Model
from zslcore.runtime import params, processes
from zslcore.runtime.run import Run

CLASSIFICATION = "classification"


class Settings(params.Params):
    listed: bool
    seeds: tuple[int, ...]
    spaen: Config


def main(dataset: str, phase: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = paths.training("spaen", dataset, phase) / "embedding.jsonl"
    out, answers = paths.models("spaen", dataset, phase), paths.scores("spaen", dataset, phase)
    if spaen.skipped("spaen", dataset, [log, log.with_suffix(".csv")], [out, answers]):
        scores.save({}, answers)
        return
    file = paths.config(dataset, "spaen")
    settings = params.load(file, Settings)
    before = [spaen.pretrained(dataset, phase), spaen.autoencoder(dataset, phase)]
    problem, x, _ = spaen.read(dataset, phase)
    with spaen.started(log, file, settings.seeds, before) as run:
        models = trained(problem, settings.spaen, run, (dataset, phase))
        if processes.first():
            for name, model in models.items():
                model.save(out / name)
            scores.save({name: row(model, x, run.seeds) for name, model in models.items()}, answers)


def trained(problem: Problem, cfg: Config, run: Run, cell: tuple[str, str]) -> dict[str, Model]:
    """The model of the settings; unless it is that, the one by classification alone, too."""
    if cfg.objective == CLASSIFICATION:
        return {"spaen": fit_e(problem, cfg, run)}
    ready = pretrained.load(spaen.pretrained(*cell), cfg, run.device)
    file = spaen.autoencoder(*cell) / spaen.F
    auto = autoencoder.load(file, "spaen", cfg, run.device) if file.exists() else None
    full = fit_e(problem, cfg, run, (ready, auto, paths.caches("spaen", *cell)))
    alone = cfg.model_copy(update={"objective": CLASSIFICATION})
    return {"spaen": full, CLASSIFICATION: fit_e(problem, alone, beside(run))}


def beside(run: Run) -> Run:
    """The same run for another model: without a log, checkpoints of its own."""
    folder = None if run.scratch is None else run.scratch / CLASSIFICATION
    return Run(run.device, run.seeds, scratch=folder)


def row(model: Model, x: Array, seeds: Sequence[int]) -> Scores:
    """What the model answers."""
    about = model.cfg.model_dump(mode="json")
    return Scores(model.scores(x), model.kind, about, tuple(seeds))


if __name__ == "__main__":
    enter(main)
