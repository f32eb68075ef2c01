"""What a study of SP-AEN trains and measures on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import protocol
from benchmarks.protocol import PHASES, Line
from stages import paths, spaen
from stages.reconstruct_spaen import Tested, tested
from zslcore.calibration.config import Config as Calibrate
from zslcore.data.problem import Array, Problem, Rows, Truth
from zslcore.data.store import load_truth
from zslcore.methods.spaen import config, pretrained
from zslcore.methods.spaen.autoencoder import Autoencoder
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.method import fit_e, fit_f
from zslcore.methods.spaen.model import Model
from zslcore.methods.spaen.pretrained import Pretrained
from zslcore.metrics.intervals import ci95
from zslcore.runtime import device
from zslcore.runtime.params import check
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run

NUMBERS = (*protocol.NUMBERS, "mse", "mse_ci95")


@dataclass(frozen=True)
class Phase:
    """What a phase's models are trained and measured on.

    Attributes:
        problem: with images.
        x, images: features and squares of its evaluation images.
        truth: their labels.
        caches: folder of what the perceptual network says of training images.
    """

    problem: Problem
    x: Array
    images: Rows
    truth: Truth
    caches: Path


@dataclass(frozen=True)
class Cell:
    """A dataset with both phases, and how it is run.

    Attributes:
        phases: by name.
        ready: of each phase, the networks that are taken ready-made.
        run: device and seeds.
        calibrate: settings of that section.
        made: F and G of each phase and of the settings that they depend on; variants share them.
    """

    phases: Mapping[str, Phase]
    ready: Mapping[str, Pretrained]
    run: Run
    calibrate: Calibrate
    made: dict[tuple[str, str], Autoencoder] = field(default_factory=dict)

    def model(self, name: str, cfg: Config) -> Model:
        """A variant, trained on a phase."""
        at = self.phases[name]
        if cfg.objective == "classification":
            return fit_e(at.problem, cfg, self.run)
        auto = self._autoencoder(name, cfg) if cfg.schedule == "two_stage" else None
        return fit_e(at.problem, cfg, self.run, (self.ready[name], auto, at.caches))

    def _autoencoder(self, name: str, cfg: Config) -> Autoencoder:
        key = name, cfg.model_dump_json(include=set(config.Images.model_fields))
        if key not in self.made:
            at = self.phases[name]
            self.made[key] = fit_f(at.problem, self.ready[name], cfg, self.run, at.caches)
        return self.made[key]

    def line(self, models: Mapping[str, Model]) -> Line:
        """Accuracies of a variant, and the error of its pictures."""
        scores = {name: models[name].scores(phase.x) for name, phase in self.phases.items()}
        truths = {name: phase.truth for name, phase in self.phases.items()}
        test = models["test"]
        return protocol.measured(scores, truths, self.calibrate, test.kind) | self._error(test)

    def tested(self, ready: Pretrained, size: int) -> Tested:
        """The test images of unseen classes.

        Args:
            ready: with the perceptual network that the models have.
            size: of their pictures, pixels.
        """
        at = self.phases["test"]
        return tested(at.truth, (at.x, at.images), ready, size)

    def _error(self, model: Model) -> Line:
        """Mean squared error over test images of unseen classes; over the seeds if F has several.

        Empty for a model that has no F.
        """
        if not model.autoencoders:
            return {"mse": "", "mse_ci95": ""}
        at = self.tested(self.ready["test"], model.cfg.crops.size)
        vectors = at.of("spaen")
        each = [float(a.errors(vectors, at.images, at.size).mean()) for a in model.autoencoders]
        return {"mse": float(np.mean(each)), "mse_ci95": ci95(each)}


def cell(dataset: str, tree: Mapping[str, Any], seeds: int) -> Cell:
    """What `dvc repro` prepared, and the first of the seeds.

    Raises:
        SystemExit: it prepared nothing, for lack of images or because SP-AEN is not listed.
    """
    phases, ready = {}, {}
    cfg = check(Config, tree["spaen"], "spaen")
    run = Run(device.start(read_runtime()), tuple(tree["seeds"][:seeds]))
    for name in PHASES:
        folder = spaen.pretrained(dataset, name)
        if not (folder / pretrained.NAME).exists():
            raise SystemExit(f"there are no networks for SP-AEN on {dataset}: run `dvc repro`")
        truth, caches = (
            load_truth(paths.prepared(dataset) / name),
            paths.caches("spaen", dataset, name),
        )
        phases[name] = Phase(*spaen.read(dataset, name), truth, caches)
        ready[name] = pretrained.load(folder, cfg, run.device)
    return Cell(phases, ready, run, check(Calibrate, tree["calibrate"], "calibrate"))
