"""Measure the test scores at the chosen handicap: python -m stages.evaluate METHOD DATASET."""

import json
from collections import defaultdict

from stages import paths, provenance
from stages.entry import enter
from stages.rows import CURVE, prefix, write_csv
from zslcore.calibration.handicap import Handicap
from zslcore.data import scores
from zslcore.data.problem import Truth
from zslcore.data.store import load_truth
from zslcore.metrics.bootstrap import bootstrap, resample
from zslcore.metrics.config import Config
from zslcore.metrics.evaluation import Evaluation
from zslcore.metrics.measure import by_class, measure
from zslcore.metrics.prior import BY_CLASS
from zslcore.metrics.retrieval import Retrieval
from zslcore.metrics.training import BY_EPOCH, Training
from zslcore.runtime import params
from zslcore.runtime.files import write_json

TABLES = {  # and their columns: there may be no line, where a method could not be run
    "curve": CURVE,
    "intervals": ("method", "metric", "low", "high"),
    "per_class": ("method", "class", "seen", "images", "zsl", "gzsl"),
    "prior": ("method", *BY_CLASS),
    "training": ("method", *BY_EPOCH),
}


class Settings(params.Params):
    seed: int
    evaluate: Config


def main(method: str, dataset: str) -> None:
    settings = params.load(paths.config(dataset, "evaluate"), Settings)
    truth = load_truth(paths.prepared(dataset) / "test")
    rows = scores.load(paths.scores(method, dataset, "test"))
    chosen = json.loads((paths.calibration(method, dataset) / "handicap.json").read_text())
    counts = resample(truth.y, settings.evaluate.replicates, settings.seed)

    metrics, tables = {}, defaultdict(list)
    for row, scored in rows.items():
        found = Evaluation.of(scored.values, truth.y, truth.seen, Handicap(**chosen[row]))
        training = Training.of(scored.history, truth.y, truth.seen)
        retrieval = retrieved(scored, truth)
        for key, value in (measure(found) | training.measure() | retrieval).items():
            metrics[f"{prefix(method, row)}{key}"] = round(value, 4)
        for name, lines in {
            "curve": found.curves[0].points(200),
            "intervals": [
                {"metric": key, "low": low, "high": high}
                for key, (low, high) in bootstrap(found, counts).items()
            ],
            "per_class": by_class(found, truth.class_names),
            "prior": training.by_class(truth.class_names),
            "training": training.by_epoch(),
        }.items():
            tables[name] += [{"method": row, **line} for line in lines]

    out = paths.evaluation(method, dataset)
    out.mkdir(parents=True, exist_ok=True)
    for name, columns in TABLES.items():
        write_csv(tables[name], out / f"{name}.csv", columns)
    write_json(provenance.of(dataset, rows), out / "provenance.json")
    write_json(metrics, paths.metrics(method, dataset))


def retrieved(scored: scores.Scores, truth: Truth) -> dict[str, float]:
    """How well images and captions find each other, where a method has placed both."""
    if "images" not in scored.history:
        return {}
    images, texts = (scored.history[key] for key in ("images", "texts"))
    return Retrieval.of(images, texts, truth.y, truth.seen).measure()


if __name__ == "__main__":
    enter(main)
