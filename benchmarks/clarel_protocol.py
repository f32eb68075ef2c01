"""What a study of CLAREL trains and measures on, and looks at anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks import protocol
from benchmarks.protocol import PHASES, Line
from stages import clarel, paths
from zslcore.calibration.calibrate import Scored, calibrate
from zslcore.calibration.config import Config
from zslcore.calibration.handicap import Handicap
from zslcore.data import store
from zslcore.data.problem import Array, Problem, Truth
from zslcore.data.scores import Kind
from zslcore.methods.clarel.config import Config as Settings
from zslcore.methods.clarel.config import Prototypes
from zslcore.methods.clarel.model import Model, load, scores_of
from zslcore.methods.clarel.prototypes import class_captions, place
from zslcore.metrics.accuracy import seen_unseen
from zslcore.metrics.intervals import over_seeds
from zslcore.metrics.retrieval import Retrieval
from zslcore.runtime import device
from zslcore.runtime.params import check
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run

RETRIEVAL = {
    "text_r1": "retrieval.text.r1",
    "text_in_class_r1": "retrieval.text_in_class.r1",
    "image_in_class_r1": "retrieval.image_in_class.r1",
}
NUMBERS = (*protocol.NUMBERS, *(name for key in RETRIEVAL for name in (key, f"{key}_ci95")))


@dataclass(frozen=True)
class Phase:
    """A problem with captions; features, captions and labels of its evaluation images."""

    problem: Problem
    x: Array
    captions: Sequence[Sequence[str]]
    truth: Truth


@dataclass(frozen=True)
class Cell:
    """A dataset with both phases, and how it is run."""

    dataset: str
    phases: Mapping[str, Phase]
    run: Run
    calibrate: Config

    def reading(self, settings: Settings) -> "Cell":
        """The same with the inputs that other settings read."""
        return replace(
            self, phases={name: phase(self.dataset, name, settings) for name in self.phases}
        )

    @property
    def truths(self) -> dict[str, Truth]:
        """Of both phases."""
        return {name: phase.truth for name, phase in self.phases.items()}

    def line(self, scores: Mapping[str, Array], kind: Kind) -> Line:
        """The accuracies of a variant, from its scores (S, N, K) of both phases."""
        return protocol.measured(scores, self.truths, self.calibrate, kind)

    def numbers(self, models: Mapping[str, Model]) -> Line:
        """Accuracies of a variant, and its recalls among the test phase's held-out seen images."""
        scores = {name: models[name].scores(phase.x) for name, phase in self.phases.items()}
        model, test = models["test"], self.phases["test"]
        images, texts = model.placed(model.images(test.x)), model.placed(model.texts(test.captions))
        found = Retrieval.of(images, texts, test.truth.y, test.truth.seen).measure()
        return self.line(scores, model.kind) | protocol.line(found, RETRIEVAL)

    def handicap(self, scores: Mapping[str, Array]) -> float:
        """The alpha that val asks for."""
        truth = self.phases["val"].truth
        runs = [Scored(of_seed, truth.y, truth.seen) for of_seed in scores["val"]]
        return calibrate(runs, "multiplicative", self.calibrate).handicap.value

    def rescaled(self, scores: Array, phase: str, alpha: float) -> Line:
        """U, S and H of a phase at a given alpha, from its scores (S, N, K)."""
        truth = self.phases[phase].truth
        handicap = Handicap("multiplicative", alpha, None, None, 0.0)
        answers = handicap.apply(scores, truth.seen).argmax(2)
        each = [seen_unseen(of_seed, truth.y, truth.seen) for of_seed in answers]
        values = {
            "u": [e.unseen for e in each],
            "s": [e.seen for e in each],
            "h": [e.h for e in each],
        }
        return over_seeds(values)

    def models(self) -> dict[str, Model]:
        """What `train_clarel` made in both phases, the first of the seeds.

        Raises:
            SystemExit: it made nothing.
        """
        folders = {name: paths.models("clarel", self.dataset, name) for name in PHASES}
        if not all((folder / "model.json").exists() for folder in folders.values()):
            raise SystemExit(f"there is no CLAREL of {self.dataset}: run `dvc repro`")
        return {name: load(folder, self.run.device) for name, folder in folders.items()}

    def described(self, model: Model, phase: str, cfg: Prototypes) -> Array:
        """Scores (S, N, K) of a phase whose classes are known by other captions."""
        at = self.phases[phase]
        prototypes = [
            place(networks, model.vocabulary, class_captions(at.problem, cfg, seed), model.cfg.text)
            for networks, seed in zip(model.networks, self.run.seeds, strict=False)
        ]
        return scores_of(model.images(at.x)[: len(prototypes)], np.stack(prototypes), model.cfg)

    def left_out(self, model: Model, phase: str) -> Array:
        """Scores (S, N, K) of a phase: an image's own captions are not in its class's prototype.

        It takes the labels to know which prototype that is: a diagnosis, and no way to classify.
        """
        at, everything = self.phases[phase], Prototypes(source="all", images=10**9)
        captions = class_captions(at.problem, everything, 0)  # all of them, whatever the seed
        count = np.array([len(of_class) for of_class in captions])[at.truth.y, None]
        told = np.array([len(each) > 0 for each in at.captions])[:, None]
        rows = np.arange(len(at.truth.y))
        found = []
        for networks, z_v, z_t in zip(
            model.networks, model.images(at.x), model.texts(at.captions), strict=True
        ):
            p = place(networks, model.vocabulary, captions, model.cfg.text)
            own = p[at.truth.y]
            others = np.where(
                told & (count > 1), (count * own - z_t) / np.maximum(count - 1, 1), own
            )
            scores = scores_of(z_v, p, model.cfg)
            scores[rows, at.truth.y] = scores_of(z_v[:, None], others[:, None], model.cfg)[:, 0, 0]
            found.append(scores)
        return np.stack(found)[: len(self.run.seeds)]


def phase(dataset: str, name: str, settings: Settings) -> Phase:
    """What these settings read of a phase.

    Raises:
        SystemExit: the dataset has no captions, or lacks the features that they ask for.
    """
    if lacking := clarel.missing(dataset, name, settings):
        raise SystemExit(lacking)
    truth = store.load_truth(paths.prepared(dataset) / name)
    return Phase(*clarel.read(dataset, name, settings), truth)


def cell(dataset: str, tree: Mapping[str, Any], seeds: int) -> Cell:
    """What `dvc repro` prepared, and the first of the seeds.

    Raises:
        SystemExit: the dataset has no captions, or lacks the features that the settings ask for.
    """
    settings = check(Settings, tree["clarel"], "clarel")
    phases = {name: phase(dataset, name, settings) for name in PHASES}
    run = Run(device.start(read_runtime()), tuple(tree["seeds"][:seeds]))
    return Cell(dataset, phases, run, check(Config, tree["calibrate"], "calibrate"))
