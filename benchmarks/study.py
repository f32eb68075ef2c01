"""Bi-VAEGAN's tables and figures, variant by variant: python -m benchmarks.study STUDY DATASET.

Every variant is trained on the test phase with the settings of params.yaml and its own changes,
all seeds, and measured after the last epoch; nothing is chosen. Inductive variants train for as
many epochs as the others in both phases. Variants that the result file has are not run again, so
a stopped study goes on. `dvc repro` must have made the features.

    python -m benchmarks.study priors shapes
    python -m benchmarks.study ablation awa1 --root scratch/real/awa1 -S hidden=1024
"""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import portraits
from benchmarks.command import parser, result
from benchmarks.options import changed, overrides
from benchmarks.tables import left, put
from benchmarks.variants import STUDIES, Changes, with_epochs
from stages import inputs, paths
from stages.settings import of_dataset
from zslcore.data import oracle
from zslcore.data.problem import Array, Problem, Truth
from zslcore.data.store import load_truth
from zslcore.methods.bivaegan.config import Config, Epochs
from zslcore.methods.bivaegan.method import Trained, first_prior, fit_inductive, fit_transductive
from zslcore.methods.bivaegan.model import Model
from zslcore.metrics.accuracy import zsl
from zslcore.metrics.intervals import ci95
from zslcore.metrics.training import Training
from zslcore.runtime import device
from zslcore.runtime.params import check
from zslcore.runtime.params_file import read_runtime, read_yaml, resolve
from zslcore.runtime.run import Run

COLUMNS = ("variant", "t1", "t1_ci95", "prior_tv", "prior_tv_ci95", "seeds", "seconds", "changes")
EPOCHS = ("variant", "epoch", "zsl", "zsl_ci95", "prior_tv", "prior_tv_ci95")


@dataclass(frozen=True)
class Cell:
    """One dataset's test phase, and the last inductive model, which variants may share."""

    problem: Problem
    x: Array
    truth: Truth
    run: Run
    seed: int
    inductive: dict[str, Model] = field(default_factory=dict)


def cell(dataset: str, tree: Mapping[str, Any], seeds: int) -> Cell:
    """What `dvc repro` prepared, and the first of the seeds."""
    problem, x = inputs.read(dataset, "test", transductive=True)
    truth = load_truth(paths.prepared(dataset) / "test")
    run = Run(device.start(read_runtime()), tuple(tree["seeds"][:seeds]))
    return Cell(problem, x, truth, run, tree["seed"])


def trained(at: Cell, cfg: Config) -> Trained:
    """The three steps; a variant that differs in the prior alone takes up the first step."""
    problem = at.problem
    if cfg.knowledge == "prototypes":
        rng = oracle.stream(at.seed)
        vectors = oracle.prototypes(problem, at.x, at.truth.y, cfg.shots, rng)
        problem = oracle.applied(problem, oracle.Oracle(class_vectors=vectors))
    key = json.dumps({k: v for k, v in cfg.model_dump().items() if k != "prior"})
    if key not in at.inductive:
        at.inductive.clear()
        at.inductive[key] = fit_inductive(problem, cfg, at.run)
    model = at.inductive[key]
    if not cfg.epochs.transductive:
        return Trained(model, {})
    known = oracle.known_prior(at.truth.y, at.truth.seen)
    prior = first_prior(problem, model.with_settings(cfg), at.run, known)
    return fit_transductive(problem, cfg, at.run, model, prior, at.x)


def measured(at: Cell, found: Trained) -> tuple[dict[str, Any], list[dict[str, object]]]:
    """The variant's line of the table, and its lines of the curves."""
    scores = found.model.scores(at.x)
    t1 = [zsl(of_seed, at.truth.y, at.truth.seen) for of_seed in scores]
    training = Training.of(found.history, at.truth.y, at.truth.seen)
    prior = training.measure()
    line = {
        "t1": float(np.mean(t1)),
        "t1_ci95": ci95(t1),
        "prior_tv": prior.get("prior.tv", ""),
        "prior_tv_ci95": prior.get("prior.tv_ci95", ""),
    }
    return line, training.by_epoch()


def settings(section: Mapping[str, Any], changes: Changes) -> Config:
    """Section `bivaegan` of params.yaml with values at dotted keys changed."""
    return check(Config, changed(section, changes, "bivaegan"), "bivaegan")


def variants(
    name: str, dataset: str, tree: Mapping[str, Any], given: Changes
) -> dict[str, dict[str, Any]]:
    """The changes of every variant of a study, `given` ones included."""
    section = changed(tree["bivaegan"], given, "bivaegan")
    epochs = Epochs.model_validate(section["epochs"])
    own: dict[str, Changes] = resolve(STUDIES[name], dataset, tree["dataset"])
    return {variant: with_epochs(each, given, epochs) for variant, each in own.items()}


def study(
    name: str,
    dataset: str,
    seeds: int,
    given: Changes,
    out: Path,
    only: Sequence[str] | None = None,
) -> None:
    """All variants of a study that are not done yet; `given` are changes to each of them.

    Raises:
        SystemExit: `only` names a variant that there is not.
    """
    tree = of_dataset(read_yaml(Path("params.yaml")), dataset)
    at, asked = cell(dataset, tree, seeds), variants(name, dataset, tree, given)
    if unknown := set(only or ()) - set(asked):
        raise SystemExit(
            f"{unknown.pop()!r} is no variant of {name}; there are: {', '.join(asked)}"
        )
    asked = {variant: changes for variant, changes in asked.items() if variant in (only or asked)}
    for variant in left(asked, len(at.run.seeds), out):
        began, changes = time.monotonic(), asked[variant]
        found = trained(at, settings(tree["bivaegan"], changes))
        line, curve = measured(at, found)
        portraits.write(name, variant, at, found, out.parent)
        line |= {"seeds": len(at.run.seeds), "changes": json.dumps(changes)}
        own = {"variant": variant}
        put(out.with_name(f"{name}-epochs.csv"), EPOCHS, own, curve)
        put(out, COLUMNS, own, [line | {"seconds": round(time.monotonic() - began)}])
        print(f"{variant:<32} T1 {line['t1']:.3f} ± {line['t1_ci95']:.3f}", flush=True)


def main() -> None:
    made = parser(__doc__, STUDIES)
    made.add_argument("--only", action="append", metavar="VARIANT", help="not all of them")
    given = made.parse_args()
    os.chdir(given.root)
    out, changes = result(given.dataset, given.study), overrides(given.overrides)
    study(given.study, given.dataset, given.seeds, changes, out, given.only)


if __name__ == "__main__":
    main()
