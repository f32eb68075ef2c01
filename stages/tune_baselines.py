"""Choose the baselines' settings on the val phase: python -m stages.tune_baselines DATASET."""

from stages import inputs, paths
from stages.entry import enter
from zslcore.calibration.calibrate import Scored, calibrate, summary
from zslcore.calibration.config import Config as Calibrate
from zslcore.data.problem import Array
from zslcore.data.scores import Kind
from zslcore.data.store import load_truth
from zslcore.methods.baselines.config import Config
from zslcore.methods.baselines.tune import tune
from zslcore.runtime import device, params
from zslcore.runtime.files import write_json
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run


class Settings(params.Params):
    seeds: tuple[int, ...]
    baselines: Config
    calibrate: Calibrate


def main(dataset: str) -> None:
    settings = params.load(paths.config(dataset, "tune_baselines"), Settings)
    run = Run(device.start(read_runtime()), settings.seeds)
    problem, x = inputs.read(dataset, "val")
    truth = load_truth(paths.prepared(dataset) / "val")

    def judge(scores: Array, kind: Kind) -> float:
        """The criterion's mean over the seeds."""
        runs = [Scored(values, truth.y, truth.seen) for values in scores]
        found = calibrate(runs, settings.calibrate.family_for(kind), settings.calibrate)
        values = summary(found)[settings.baselines.select_by]
        return sum(values) / len(values)

    chosen, tried = tune(problem, settings.baselines, run, x, judge)
    out = paths.tuned("baselines", dataset)
    out.mkdir(parents=True, exist_ok=True)
    write_json(chosen, out / "chosen.json")
    write_json(tried, out / "tried.json")


if __name__ == "__main__":
    enter(main)
