"""Train on images and their captions, and score: python -m stages.train_clarel DATASET PHASE."""

import logging
from pathlib import Path

from stages import clarel, paths
from stages.entry import enter
from stages.training import left_out, logged
from zslcore.data import scores
from zslcore.data.scores import Scores
from zslcore.methods.clarel.config import Config
from zslcore.methods.clarel.method import fit
from zslcore.runtime import device, params
from zslcore.runtime.params_file import read_runtime


class Settings(params.Params):
    listed: bool
    seeds: tuple[int, ...]
    clarel: Config


def main(dataset: str, phase: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = paths.training("clarel", dataset, phase) / "training.jsonl"
    files, out = (log, log.with_suffix(".csv")), paths.models("clarel", dataset, phase)
    answers, folder = paths.scores("clarel", dataset, phase), paths.prepared(dataset) / phase
    settings = params.load(paths.config(dataset, "clarel"), Settings)
    missing = clarel.missing(dataset, phase, settings.clarel)
    if left_out("clarel", dataset, files, (out, answers), missing):
        scores.save({}, answers)
        return
    problem, x, captions = clarel.read(dataset, phase, settings.clarel)
    reads = [paths.config(dataset, "clarel"), paths.features(dataset), folder / "problem"]
    reads += [folder / "captions", Path("zslcore/text"), Path("zslcore/methods/clarel")]
    with logged(log, device.start(read_runtime()), settings.seeds, reads) as run:
        model = fit(problem, settings.clarel, run)
        model.save(out)
        places = {
            "images": model.placed(model.images(x)),
            "texts": model.placed(model.texts(captions)),
        }
        about = settings.clarel.model_dump(mode="json")
        row = Scores(model.scores(x), model.kind, about, settings.seeds, history=places)
        scores.save({"clarel": row}, answers)


if __name__ == "__main__":
    enter(main)
