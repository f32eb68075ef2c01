"""A finished pipeline on tiny images, as the stages leave it, and the packages made of it."""

from contextlib import chdir
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from stages import evaluate, package
from tests.features.conftest import SETTINGS as FEATURES
from tests.methods.dedn.values import INFERENCE, TRAINING
from tests.methods.test_conformance import COMMON, SETTINGS
from zslcore.calibration.handicap import Handicap
from zslcore.data import scores, store
from zslcore.data.scores import Scores
from zslcore.features.compute import compute
from zslcore.features.config import Config as Features
from zslcore.features.images import Images
from zslcore.features.store import load
from zslcore.methods.baselines.config import Config
from zslcore.methods.baselines.method import fit as fit_baselines
from zslcore.methods.dedn.config import Inference, Training
from zslcore.methods.dedn.method import fit as fit_dedn
from zslcore.runtime.files import write_json
from zslcore.runtime.run import Run

NAME = "tiny"
ATTRIBUTES = ("red", "green", "blue", "no red", "no green", "no blue")
SEEN = np.array([True, True, True, False, True, False, True, True])
NAMES = tuple(f"c{c:03b}" for c in range(8))
HANDICAPS = {"eszsl": 0.17, "devise": 0.1, "dedn": -0.15}
SEEDS = (3, 5)
EACH = 8  # images of a class
CHOSEN = SETTINGS | {"eszsl": {"gamma": 1e-3, "lam": 0.1, "targets": "zero_one"}}


class Tiny(NamedTuple):
    """Where it is; evaluation images as files, and their classes."""

    root: Path
    files: list[Path]
    y: np.ndarray

    @property
    def packages(self):
        return self.root / "data" / "packages"


def build(root: Path, vectors=None) -> Tiny:
    """All that `package` reads, for baselines, dedn and a method that was left out."""
    pixels, y = draw()
    vectors = class_vectors() if vectors is None else vectors
    training = SEEN[y] & (np.arange(len(y)) % EACH < EACH - 2)
    rows, others = np.flatnonzero(training), np.flatnonzero(~training)
    with chdir(root):
        folder = Path("data/prepared") / NAME
        _prepare(folder, (rows, y[rows]), (others, y[others]), vectors)
        features = Features.model_validate(
            {**FEATURES, "finetune": {**FEATURES["finetune"], "epochs": 0}}
        )
        compute(Images(pixels), {}, Path("data/features") / NAME, features, Run())
        _train(folder / "test")
        for method in ("baselines", "dedn"):
            evaluate.main(method, NAME)
            package.main(method, NAME)
    files = [root / "images" / f"{row:03}.png" for row in others.tolist()]
    files[0].parent.mkdir()
    for path, row in zip(files, others.tolist(), strict=True):
        Image.fromarray(pixels[row]).save(path)
    return Tiny(root, files, y[others])


def draw():
    """Noise in one of eight colours, uint8 (N, 32, 32, 3)."""
    rng = np.random.default_rng(4)
    y = np.repeat(np.arange(8), EACH)
    bits = (y[:, None] >> np.array([2, 1, 0])) & 1
    colours = 50 + 140 * bits
    noise = rng.integers(-30, 30, (len(y), 32, 32, 3))
    return (colours[:, None, None] + noise).astype(np.uint8), y


def class_vectors():
    bits = (np.arange(8)[:, None] >> np.array([2, 1, 0])) & 1
    return np.concatenate([bits, 1.25 - bits], 1).astype(np.float32)


def _prepare(folder, training, evaluation, vectors):
    arrays = {
        "problem": {"rows": training[0], "y": training[1], "evaluation_rows": evaluation[0]}
        | {"class_vectors": vectors, "seen": SEEN, "unlabeled_rows": evaluation[0][:0]},
        "truth": {"y": evaluation[1], "seen": SEEN},
    }
    for part, held in arrays.items():
        (folder / "test" / part).mkdir(parents=True)
        for name, array in held.items():
            np.save(folder / "test" / part / f"{name}.npy", array)
    about = {"class_names": NAMES, "attribute_names": ATTRIBUTES}
    write_json(about, folder / "test" / "problem" / "problem.json")
    write_json({"class_names": NAMES}, folder / "test" / "truth" / "truth.json")
    origin = {"split": {"name": "made"}, "class_vectors": {"name": "bits"}}
    write_json({"provenance": origin}, folder / "dataset.json")
    how = {"seed": 0, "evaluate": {"replicates": 10}}
    write_json(how, Path("data/configs") / NAME / "evaluate.json")


def _train(phase):
    features = load(Path("data/features") / NAME, "test")
    inputs = store.Inputs(features.pooled, features.regions)
    problem, run = store.load_problem(phase, inputs), Run(seeds=SEEDS)
    x, regions = store.load_evaluation(phase, inputs), store.load_evaluation_regions(phase, inputs)

    cfg = Config.model_validate({**COMMON, **SETTINGS, "names": ["eszsl", "devise"]})
    rows = {}
    for name, model in fit_baselines(problem, cfg, run, CHOSEN).items():
        model.save(Path("data/models/baselines") / f"{NAME}-test" / name)
        values = model.scores(x)
        rows[name] = Scores(values, model.kind, CHOSEN[name], SEEDS[: len(values)])
    _answered("baselines", rows)

    one_hot = {**TRAINING, "attribute_vectors": "one_hot", "epochs": 30}
    training, how = Training.model_validate(one_hot), Inference.model_validate(INFERENCE)
    model = fit_dedn(problem, training, run, np.array([0, 1, 2, 0, 1, 2]))
    model.save(Path("data/models/dedn") / f"{NAME}-test")
    said = {"training": one_hot, "inference": INFERENCE}
    _answered("dedn", {"dedn": Scores(model.scores(regions, how), model.kind, said, SEEDS)})
    _answered("clarel", {})


def _answered(method, rows):
    scores.save(rows, Path("data/scores") / method / f"{NAME}-test")
    chosen = {name: asdict(Handicap("additive", HANDICAPS[name], None, None, 0.5)) for name in rows}
    write_json(chosen, Path("data/calibration") / method / NAME / "handicap.json")
