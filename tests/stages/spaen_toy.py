"""What earlier stages of SP-AEN leave of a tiny dataset, on disk."""

import json
from pathlib import Path

import numpy as np

from stages import paths, spaen
from tests.methods.nested import changed
from tests.methods.spaen.values import SETTINGS
from zslcore.features import store
from zslcore.features.store import Files
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.method import fit_e, fit_f, pretrain
from zslcore.runtime.files import write_json
from zslcore.runtime.run import Run

RUN = Run(seeds=(0, 1))
NAMES = ["red", "round", "old", "big", "far"]


def write(tiny, **changes):
    """All of it in the working directory; settings changed. Returns the models by their names."""
    cfg = Config.model_validate(changed(SETTINGS, {"crops.train": "centre", **changes}))
    _write_data(tiny, cfg)
    kept, problem = paths.caches("spaen", "toy", "test"), tiny.problem
    ready = pretrain(problem, cfg, RUN, kept)
    ready.save(spaen.pretrained("toy", "test"))
    auto, folder = None, spaen.autoencoder("toy", "test")
    folder.mkdir(parents=True)
    if cfg.schedule == "two_stage":
        auto = fit_f(problem, ready, cfg, RUN, kept)
        auto.save(folder / spaen.F)
    alone = cfg.model_copy(update={"objective": "classification"})
    models = {
        "spaen": fit_e(problem, cfg, RUN, (ready, auto, kept)),
        "classification": fit_e(problem, alone, RUN),
    }
    for name, model in models.items():
        model.save(paths.models("spaen", "toy", "test") / name)
    return models


def _write_data(tiny, cfg):
    problem, images = tiny.problem, tiny.problem.images
    n = len(images.array)
    rest = np.setdiff1d(np.arange(n), images.index)
    # rows of evaluation images: those whose squares they are
    where = [next(r for r in rest if np.array_equal(images.array[r], x)) for x in tiny.images]
    pooled = np.zeros((n, problem.x.shape[1]), np.float32)
    pooled[images.index], pooled[where] = problem.x, tiny.x
    part = paths.prepared("toy") / "test" / "problem"
    _save(
        part,
        rows=images.index,
        evaluation_rows=np.array(where),
        unlabeled_rows=rest[:0],
        y=problem.y,
        seen=problem.seen,
        class_vectors=problem.class_vectors,
    )
    names = {"class_names": list(problem.class_names)}
    write_json({**names, "attribute_names": NAMES}, part / "problem.json")
    _save(part.parent / "truth", y=tiny.y, seen=problem.seen)
    write_json(names, part.parent / "truth" / "truth.json")
    _save(paths.features("toy"), pooled=pooled)
    store.describe(Files(paths.features("toy"), store.PHASES, with_regions=False), {})
    _save(paths.squares("toy"), images=np.asarray(images.array))
    configure(cfg)
    Path("params.yaml").write_text("runtime:\n  device: cpu\n  threads: 0\n", encoding="utf-8")


def configure(cfg, listed=True):
    """Write the settings of the stage."""
    settings = {"listed": listed, "seeds": list(RUN.seeds), "spaen": cfg.model_dump(mode="json")}
    write_json(settings, paths.config("toy", "spaen"))


def configured():
    """The settings as they were written."""
    text = paths.config("toy", "spaen").read_text(encoding="utf-8")
    return Config.model_validate(json.loads(text)["spaen"])


def left(name):
    """Both files of a picture."""
    folder = paths.evaluation("spaen", "toy")
    return (folder / f"{name}.svg").read_bytes(), (folder / f"{name}.json").read_text()


def _save(folder, **arrays):
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
