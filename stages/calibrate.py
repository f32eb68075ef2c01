"""Choose the seen-class handicap on the val phase: python -m stages.calibrate METHOD DATASET."""

from dataclasses import asdict

from stages import paths
from stages.entry import enter
from stages.rows import CURVE, prefix, write_csv
from zslcore.calibration.calibrate import Scored, calibrate, summary
from zslcore.calibration.config import Config
from zslcore.data import scores
from zslcore.data.store import load_truth
from zslcore.runtime import params
from zslcore.runtime.files import write_json


class Settings(params.Params):
    calibrate: Config


def main(method: str, dataset: str) -> None:
    cfg = params.load(paths.config(dataset, "calibrate"), Settings).calibrate
    truth = load_truth(paths.prepared(dataset) / "val")
    rows = scores.load(paths.scores(method, dataset, "val"))

    chosen, metrics, curves = {}, {}, []
    for row, scored in rows.items():
        runs = [Scored(values, truth.y, truth.seen) for values in scored.values]
        found = calibrate(runs, cfg.family_for(scored.kind), cfg)
        chosen[row] = asdict(found.handicap)
        curves += [{"method": row, **point} for point in found.curves[0].points(200)]
        for key, values in summary(found).items():
            metrics[f"{prefix(method, row)}val.{key}"] = round(sum(values) / len(values), 4)

    out = paths.calibration(method, dataset)
    out.mkdir(parents=True, exist_ok=True)
    write_json(chosen, out / "handicap.json")
    write_csv(curves, out / "curve.csv", CURVE)
    write_json(metrics, paths.metrics(method, dataset, ".val.json"))


if __name__ == "__main__":
    enter(main)
