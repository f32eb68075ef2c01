"""Table 3 on longer trainings: every network is trained anew, for each seed."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.protocol import Line
from benchmarks.spaen_pictures import Pictures, made
from benchmarks.spaen_protocol import Cell
from stages.reconstruct_spaen import GENERATOR, MEAN, OTHERS, measured
from zslcore.data.problem import Array
from zslcore.methods.spaen.coders import Mode
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.method import fit_f, pretrain
from zslcore.metrics.intervals import ci95
from zslcore.metrics.names import half_width
from zslcore.runtime.run import Run

ERRORS = ("spaen", *OTHERS, GENERATOR, MEAN)
NUMBERS = tuple(name for key in ERRORS for name in (key, half_width(key)))


def compared(at: Cell, cfg: Config) -> tuple[Line, Pictures]:
    """Errors of the architectures, mean and half width over seeds; SP-AEN's pictures of the first.

    Args:
        at: data and seeds; the networks that it has ready-made are not used.
        cfg: settings.
    """
    runs = [_of_seed(at, cfg, seed) for seed in at.run.seeds]
    line: Line = {}
    for key in ERRORS:
        each = [float(np.mean(errors[key], dtype=np.float64)) for errors, _ in runs]
        line |= {key: float(np.mean(each)), half_width(key): ci95(each)}
    return line, runs[0][1]


def _of_seed(at: Cell, cfg: Config, seed: int) -> tuple[dict[str, Array], Pictures]:
    problem, run = at.phases["test"].problem, Run(at.run.device, (seed,))
    modes: tuple[Mode, ...] = ("spaen", *OTHERS)
    with TemporaryDirectory() as folder:
        kept = Path(folder)
        ready = pretrain(problem, cfg, run, kept)
        autos = {mode: fit_f(problem, ready, cfg, run, kept, mode) for mode in modes}
    tested = at.tested(ready, cfg.crops.size)
    return measured(tested, problem, ready, autos), made(tested, autos["spaen"])
