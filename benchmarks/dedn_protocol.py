"""How a variant of DEDN becomes a line of a table: all in one way, nothing chosen on test.

The handicap of the seen classes is the one that the variant's own val scores ask for (section
`calibrate`); it is then applied to its test scores.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages import inputs, paths
from zslcore.calibration.calibrate import Scored, calibrate
from zslcore.calibration.config import Config
from zslcore.data.problem import Array, Problem, Rows, Truth
from zslcore.data.store import load_truth
from zslcore.metrics.evaluation import Evaluation
from zslcore.metrics.measure import measure
from zslcore.metrics.names import half_width
from zslcore.runtime import device
from zslcore.runtime.params import check
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run

PHASES = ("val", "test")
METRICS = {
    **{"t1": "zsl.acc", "u": "gzsl.unseen", "s": "gzsl.seen", "h": "gzsl.h"},
    "ausuc": "gzsl.ausuc",
    "uncalibrated_u": "gzsl_uncalibrated.unseen",
    "uncalibrated_s": "gzsl_uncalibrated.seen",
    "uncalibrated_h": "gzsl_uncalibrated.h",
}
NUMBERS = tuple(name for key in METRICS for name in (key, f"{key}_ci95"))

Line = dict[str, Any]


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
        return measured(scores, truths, self.calibrate)


def cell(dataset: str, tree: Mapping[str, Any], seeds: int) -> Cell:
    """What `dvc repro` prepared, and the first of the seeds."""
    phases = {
        name: Phase(*inputs.read_regions(dataset, name), load_truth(paths.prepared(dataset) / name))
        for name in PHASES
    }
    run = Run(device.start(read_runtime()), tuple(tree["seeds"][:seeds]))
    cfg = check(Config, tree["calibrate"], "calibrate")
    return Cell(dataset, phases, run, tree["seed"], cfg)


def measured(scores: Mapping[str, Array], truths: Mapping[str, Truth], cfg: Config) -> Line:
    """Test accuracies, mean and half width over the seeds, at the handicap that val asks for.

    Args:
        scores: of the val and of the test phase, (S, N, K) each; similarities.
        truths: of both.
        cfg: how the handicap is chosen.
    """
    val, test = (truths[name] for name in PHASES)
    runs = [Scored(of_seed, val.y, val.seen) for of_seed in scores["val"]]
    handicap = calibrate(runs, cfg.family_for("similarity"), cfg).handicap
    found = measure(Evaluation.of(scores["test"], test.y, test.seen, handicap))
    means = {key: found[metric] for key, metric in METRICS.items()}
    return means | {f"{key}_ci95": found[half_width(m)] for key, m in METRICS.items()}


def shown(line: Line) -> str:
    """T1 and H in percent."""
    return "  ".join(
        f"{key.upper()} {100 * line[key]:5.1f} ± {100 * line[f'{key}_ci95']:.1f}"
        for key in ("t1", "h")
    )
