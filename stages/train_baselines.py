"""Train the chosen baselines, score a phase: python -m stages.train_baselines DATASET PHASE."""

import json

from stages import inputs, paths
from stages.entry import enter
from zslcore.data import scores
from zslcore.methods.baselines.config import Config
from zslcore.methods.baselines.method import fit
from zslcore.runtime import device, params
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run


class Settings(params.Params):
    seeds: tuple[int, ...]
    baselines: Config


def main(dataset: str, phase: str) -> None:
    settings = params.load(paths.config(dataset, "baselines"), Settings)
    run = Run(device.start(read_runtime()), settings.seeds)
    problem, x = inputs.read(dataset, phase)
    chosen = json.loads((paths.tuned("baselines", dataset) / "chosen.json").read_text())

    rows = {}
    for name, model in fit(problem, settings.baselines, run, chosen).items():
        model.save(paths.models("baselines", dataset, phase) / name)
        values = model.scores(x)
        seeds = tuple(settings.seeds[: len(values)])
        rows[name] = scores.Scores(values, model.kind, chosen[name], seeds)
    scores.save(rows, paths.scores("baselines", dataset, phase))


if __name__ == "__main__":
    enter(main)
