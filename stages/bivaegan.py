"""What the stages of Bi-VAEGAN have in common: settings, data, what oracles give, run."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from stages import inputs, paths
from stages.training import logged
from zslcore.data import oracle
from zslcore.data.problem import Array, Problem
from zslcore.methods.bivaegan.config import Config
from zslcore.runtime import device, params
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run


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
        """A run with log, curves and checkpoints."""
        log = log_of(self.dataset, self.phase, step)
        with logged(log, self.device, self.seeds, self._inputs(step)) as run:
            yield run

    def _inputs(self, step: str) -> list[Path]:
        where = self.dataset, self.phase
        read = [
            paths.config(self.dataset, "bivaegan"),
            paths.features(self.dataset),
            paths.prepared(self.dataset) / self.phase / "problem",
            paths.oracle("bivaegan", *where),
            Path("zslcore") / "methods" / "bivaegan",
            Path("zslcore") / "priors",
            Path("zslcore") / "data" / "oracle.py",
        ]
        if step == "transductive":
            read += [paths.models("bivaegan_inductive", *where), paths.prior("bivaegan", *where)]
        return read


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


def setting(given: Given, transductive: bool) -> str:
    """What a row knew beyond labelled seen images and class vectors, in words."""
    cfg = given.cfg
    knew = "transductive" if transductive or _pretuned_on_unseen(cfg) else "inductive"
    if transductive and cfg.prior.estimator == "oracle":
        knew += ", known prior"
    return f"few-shot oracle, {knew}" if cfg.knowledge == "prototypes" else knew


def _pretuned_on_unseen(cfg: Config) -> bool:
    return cfg.pretune.epochs > 0 and cfg.pretune.reconstruction_weight > 0
