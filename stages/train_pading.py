"""PADing's generator and classifier of all classes: python -m stages.train_pading DATASET.

Beside it stand the rows of Table 1 that the settings name; all learn from the same embeddings.
"""

import logging
from pathlib import Path

from stages import paths, segmentation
from stages.entry import enter
from stages.pading import PADING, Pading
from stages.training import left_out, logged
from zslcore.data.segmentation_store import load_problem
from zslcore.data.segments import Segments
from zslcore.methods.pading.config import Config
from zslcore.methods.pading.method import fit
from zslcore.methods.pading.model import Model
from zslcore.runtime import device, params
from zslcore.runtime.files import write_json
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run
from zslcore.segments.embed import read, read_class_layer


class Settings(params.Params):
    listed: bool
    seed: int
    seeds: tuple[int, ...]
    pading: Pading


def main(dataset: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log, out = segmentation.log("pading", dataset), segmentation.pading(dataset)
    if left_out("train_pading", dataset, [log, log.with_suffix(".csv")], [out]):
        return
    file, folder = paths.config(dataset, "train_pading"), segmentation.segments(dataset) / "problem"
    settings = params.load(file, Settings)
    segments = learned_from(dataset, folder, settings)
    code = Path("zslcore") / "methods" / "pading"
    about = paths.prepared(dataset) / "problem" / "class_vectors.npy"
    place, reads = device.start(read_runtime()), [file, folder, about, code]
    with logged(log, place, settings.seeds, reads) as run:
        trained = {}
        for name, cfg in settings.pading.variants().items():
            own = run if name == PADING else beside(run, name, cfg)
            fitted(segments, folder, cfg, own).save(out / name)
            trained[name] = list(own.seeds)
    write_json(trained, out / "rows.json")


def learned_from(dataset: str, folder: Path, settings: Settings) -> Segments:
    """Embeddings of training images, and what is known of the classes."""
    problem = load_problem(paths.prepared(dataset))
    kept = read(folder, settings.pading.unmatched, settings.seed)
    return Segments(
        *(kept.x, kept.y, kept.unmatched),
        problem.class_vectors,
        problem.seen,
        problem.class_names,
    )


def fitted(segments: Segments, folder: Path, cfg: Config, run: Run) -> Model:
    """A model, started from the segmenter's class layer."""
    return fit(segments, *read_class_layer(folder), cfg, run)


def beside(run: Run, name: str, cfg: Config) -> Run:
    """The same run for another row: without a log, with checkpoints of its own.

    Without training all seeds would be the same, so that there is one.
    """
    seeds = run.seeds[:1] if cfg.generator == "none" else run.seeds
    folder = None if run.scratch is None else run.scratch / name
    return Run(run.device, seeds, scratch=folder)


if __name__ == "__main__":
    enter(main)
