"""Bi-VAEGAN's tables and figures, variant by variant: python -m benchmarks.study STUDY DATASET.

Every variant is trained on the test phase with the settings of params.yaml and its own changes,
all seeds, and measured after the last epoch; nothing is chosen. Variants that the result file has
are not run again, so a stopped study goes on. `dvc repro` must have made the features.

    python -m benchmarks.study priors shapes
    python -m benchmarks.study ablation awa1 --root scratch/real/awa1 -S hidden=1024
"""

import argparse
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from benchmarks import portraits
from benchmarks.tables import done, put
from benchmarks.variants import STUDIES
from stages import inputs, paths
from zslcore.data import oracle
from zslcore.data.problem import Array, Problem, Truth
from zslcore.data.store import load_truth
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.method import Trained, first_prior, fit_inductive, fit_transductive
from zslcore.methods.bivaegan.model import Model
from zslcore.metrics.accuracy import zsl
from zslcore.metrics.intervals import ci95
from zslcore.metrics.training import Training
from zslcore.runtime import device
from zslcore.runtime.params import check
from zslcore.runtime.params_file import read_runtime, read_yaml, resolve
from zslcore.runtime.run import Run

RESULTS = Path(__file__).resolve().parent / "studies"
COLUMNS = ("variant", "t1", "t1_ci95", "prior_tv", "prior_tv_ci95", "seeds", "seconds", "changes")
EPOCHS = ("variant", "epoch", "zsl", "zsl_ci95", "prior_tv", "prior_tv_ci95")


@dataclass(frozen=True)
class Cell:
    """One dataset's test phase, and the inductive models that its variants share."""

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
        rng = np.random.default_rng([at.seed, *b"oracle"])
        vectors = oracle.prototypes(problem, at.x, at.truth.y, cfg.shots, rng)
        problem = oracle.applied(problem, oracle.Oracle(class_vectors=vectors))
    key = json.dumps({k: v for k, v in cfg.model_dump().items() if k != "prior"})
    if key not in at.inductive:
        at.inductive[key] = fit_inductive(problem, cfg, at.run)
    model = at.inductive[key]
    if not cfg.epochs.transductive:
        return Trained(model, {})
    prior = oracle.known_prior(at.truth.y, at.truth.seen)
    if cfg.prior.estimator != "oracle":
        frozen = model.with_settings(cfg)
        prior = first_prior(problem, frozen, at.run)
    else:
        prior = np.tile(prior, (len(at.run.seeds), 1))
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


def settings(section: Mapping[str, Any], changes: Mapping[str, Any]) -> Config:
    """A section of params.yaml with values at dotted keys changed."""
    tree = json.loads(json.dumps(section))
    for path, value in changes.items():
        *above, key = path.split(".")
        node = tree
        for name in above:
            node = node[name]
        if key not in node:
            raise SystemExit(f"-S {path}: no such key in section bivaegan")
        node[key] = value
    return check(Config, tree, "bivaegan")


def study(name: str, dataset: str, seeds: int, overrides: Mapping[str, Any], out: Path) -> None:
    """All variants of a study that are not done yet."""
    tree = read_yaml(Path("params.yaml"))
    tree = resolve(tree, dataset, tree["dataset"])
    at = cell(dataset, tree, seeds)
    left = [v for v in STUDIES[name] if v not in done(out, "variant")]
    for variant in left:
        began, changes = time.monotonic(), STUDIES[name][variant]
        found = trained(at, settings(tree["bivaegan"], {**changes, **overrides}))
        line, curve = measured(at, found)
        portraits.write(name, variant, at, found, out.parent)
        line |= {"seeds": len(at.run.seeds), "changes": json.dumps({**changes, **overrides})}
        own = {"variant": variant}
        put(out.with_name(f"{name}-epochs.csv"), EPOCHS, own, curve)
        put(out, COLUMNS, own, [line | {"seconds": round(time.monotonic() - began)}])
        print(f"{variant:<32} T1 {line['t1']:.3f} ± {line['t1_ci95']:.3f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("dataset")
    parser.add_argument("--root", type=Path, default=Path(), help="where data/ and params.yaml are")
    parser.add_argument("--seeds", type=int, default=5, help="so many of those in params.yaml")
    parser.add_argument("-S", action="append", default=[], metavar="KEY=VALUE", dest="overrides")
    given = parser.parse_args()
    pairs = (each.split("=", 1) for each in given.overrides)
    overrides = {key: YAML(typ="safe").load(value) for key, value in pairs}
    os.chdir(given.root)
    out = RESULTS / given.dataset / f"{given.study}.csv"
    study(given.study, given.dataset, given.seeds, overrides, out)


if __name__ == "__main__":
    main()
