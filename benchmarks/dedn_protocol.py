"""What a study of DEDN trains and measures on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.protocol import PHASES, Line, measured
from stages import inputs, paths
from zslcore.calibration.config import Config
from zslcore.data.problem import Array, Problem, Rows, Truth
from zslcore.data.store import load_truth
from zslcore.runtime import device
from zslcore.runtime.params import check
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run


@dataclass(frozen=True)
class Phase:
    """A problem, maps of its evaluation images, and their labels."""

    problem: Problem
    regions: Rows
    truth: Truth


@dataclass(frozen=True)
class Cell:
    """A dataset with both phases, and how it is run."""

    dataset: str
    phases: Mapping[str, Phase]
    run: Run
    seed: int
    calibrate: Config

    def line(self, scores: Mapping[str, Array]) -> Line:
        """The numbers of a variant, from its scores (S, N, K) of both phases."""
        truths = {name: phase.truth for name, phase in self.phases.items()}
        return measured(scores, truths, self.calibrate, "similarity")


def cell(dataset: str, tree: Mapping[str, Any], seeds: int) -> Cell:
    """What `dvc repro` prepared, and the first of the seeds."""
    phases = {
        name: Phase(*inputs.read_regions(dataset, name), load_truth(paths.prepared(dataset) / name))
        for name in PHASES
    }
    run = Run(device.start(read_runtime()), tuple(tree["seeds"][:seeds]))
    cfg = check(Config, tree["calibrate"], "calibrate")
    return Cell(dataset, phases, run, tree["seed"], cfg)
