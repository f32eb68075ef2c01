"""What the stages of Bi-VAEGAN have in common: settings, data, what oracles give, run."""

import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from stages import inputs, paths
from stages.rows import write_csv
from zslcore.data import oracle
from zslcore.data.problem import Array, Problem
from zslcore.methods.bivaegan.config import Config
from zslcore.runtime import device, params
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Record, Run
from zslcore.runtime.scratch import scratch

HEADER = ("epoch", "term", "mean", "low", "high")


class Settings(params.Params):
    listed: bool
    seeds: tuple[int, ...]
    bivaegan: Config


@dataclass(frozen=True)
class Given:
    """A cell of the matrix."""

    dataset: str
    phase: str
    cfg: Config
    seeds: tuple[int, ...]
    device: torch.device
    oracle: oracle.Oracle

    def problem(self, transductive: bool) -> tuple[Problem, Array]:
        """The problem, with what an oracle gives, and features of its evaluation images."""
        problem, x = inputs.read(self.dataset, self.phase, transductive)
        return oracle.applied(problem, self.oracle), x

    def plain_run(self) -> Run:
        """A run without log and checkpoints."""
        return Run(self.device, self.seeds)

    @contextmanager
    def run(self, step: str) -> Iterator[Run]:
        """A run with its log, and checkpoints that only the very same run finds again.

        After it, the log is there as curves for `dvc plots`, too.
        """
        log = log_of(self.dataset, self.phase, step)
        with scratch(Path("scratch") / "bivaegan", self._inputs(step)) as folder:
            run = Run.logging_to(log, self.device, self.seeds)
            yield replace(run, scratch=folder)
        write_curves(log)

    def _inputs(self, step: str) -> list[Path]:
        where = self.dataset, self.phase
        read = [
            paths.config(self.dataset, "bivaegan"),
            paths.features(self.dataset),
            paths.prepared(self.dataset) / self.phase / "problem",
            paths.oracle("bivaegan", *where),
            Path("zslcore") / "methods" / "bivaegan",
        ]
        if step == "transductive":
            read += [paths.models("bivaegan_inductive", *where), paths.prior("bivaegan", *where)]
        return read


def left_out(dataset: str, files: Sequence[Path], folders: Sequence[Path]) -> bool:
    """Whether `methods` does not list Bi-VAEGAN: then its outputs are there, and empty."""
    settings = params.load(paths.config(dataset, "bivaegan"), Settings)
    if settings.listed:
        return False
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
        if path.suffix == ".csv":
            write_csv([], path, HEADER)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    return True


def read(dataset: str, phase: str) -> Given:
    """Settings and oracle of a cell; the device is made ready."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings = params.load(paths.config(dataset, "bivaegan"), Settings)
    place = device.start(read_runtime())
    granted = oracle.load(paths.oracle("bivaegan", dataset, phase))
    return Given(dataset, phase, settings.bivaegan, settings.seeds, place, granted)


def log_of(dataset: str, phase: str, step: str) -> Path:
    """Where a step's log is."""
    return paths.training("bivaegan", dataset, phase) / f"{step}.jsonl"


def write_curves(log: Path) -> None:
    """Beside a log, every term's mean, minimum and maximum over the seeds, epoch by epoch."""
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    lines = [
        {"epoch": epoch, "term": term, **_over_seeds([r[term] for r in of_epoch])}
        for epoch, of_epoch in _by_epoch(records).items()
        for term in sorted(of_epoch[0].keys() - {"phase", "epoch", "seed"})
    ]
    write_csv(lines, log.with_suffix(".csv"), HEADER)


def _by_epoch(records: list[Record]) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = {}
    for record in records:
        found.setdefault(int(record["epoch"]), []).append(record)
    return found


def _over_seeds(values: list[float]) -> dict[str, float]:
    return {"mean": sum(values) / len(values), "low": min(values), "high": max(values)}


def setting(given: Given, transductive: bool) -> str:
    """What a row knew beyond labelled seen images and class vectors, in words."""
    cfg = given.cfg
    knew = "transductive" if transductive or _pretuned_on_unseen(cfg) else "inductive"
    if transductive and cfg.prior.estimator == "oracle":
        knew += ", known prior"
    return f"few-shot oracle, {knew}" if cfg.knowledge == "prototypes" else knew


def _pretuned_on_unseen(cfg: Config) -> bool:
    return cfg.pretune.epochs > 0 and cfg.pretune.reconstruction_weight > 0
