"""Measure the test scores at the chosen handicap: python -m stages.evaluate METHOD DATASET."""

import json

from stages import paths, provenance
from stages.entry import enter
from stages.rows import prefix, write_csv
from zslcore.calibration.handicap import Handicap
from zslcore.data import scores
from zslcore.data.store import load_truth
from zslcore.metrics.bootstrap import bootstrap, resample
from zslcore.metrics.config import Config
from zslcore.metrics.evaluation import Evaluation
from zslcore.metrics.measure import by_class, measure
from zslcore.runtime import params
from zslcore.runtime.files import write_json


class Settings(params.Params):
    seed: int
    evaluate: Config


def main(method: str, dataset: str) -> None:
    settings = params.load(paths.config(dataset, "evaluate"), Settings)
    truth = load_truth(paths.prepared(dataset) / "test")
    rows = scores.load(paths.scores(method, dataset, "test"))
    chosen = json.loads((paths.calibration(method, dataset) / "handicap.json").read_text())
    counts = resample(truth.y, settings.evaluate.replicates, settings.seed)

    metrics, classes, curves, intervals = {}, [], [], []
    for row, scored in rows.items():
        found = Evaluation.of(scored.values, truth.y, truth.seen, Handicap(**chosen[row]))
        for key, value in measure(found).items():
            metrics[f"{prefix(method, row)}{key}"] = round(value, 4)
        classes += [{"method": row, **line} for line in by_class(found, truth.class_names)]
        curves += [{"method": row, **point} for point in found.curves[0].points(200)]
        for key, (low, high) in bootstrap(found, counts).items():
            intervals.append({"method": row, "metric": key, "low": low, "high": high})

    out = paths.evaluation(method, dataset)
    out.mkdir(parents=True, exist_ok=True)
    write_csv(classes, out / "per_class.csv")
    write_csv(curves, out / "curve.csv")
    write_csv(intervals, out / "intervals.csv")
    write_json(provenance.of(dataset, rows), out / "provenance.json")
    write_json(metrics, paths.metrics(method, dataset))


if __name__ == "__main__":
    enter(main)
