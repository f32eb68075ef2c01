"""Train both experts; keep what they say of each image: python -m stages.train_dedn DATASET PHASE.

`mix_dedn` makes scores of it, so that a change of the mixture trains nothing.
"""

import logging
from pathlib import Path

from stages import inputs, paths
from stages.entry import enter
from stages.training import left_out, logged
from zslcore.clusters import clusters
from zslcore.methods.dedn import answers
from zslcore.methods.dedn.config import Training
from zslcore.methods.dedn.method import fit
from zslcore.runtime import device, params
from zslcore.runtime.params_file import read_runtime


class Settings(params.Params):
    listed: bool
    seeds: tuple[int, ...]
    training: Training


def main(dataset: str, phase: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = paths.training("dedn", dataset, phase) / "training.jsonl"
    files, out = (log, log.with_suffix(".csv")), paths.models("dedn", dataset, phase)
    said = paths.answers("dedn", dataset, phase)
    divided = paths.clusters(dataset)
    missing = inputs.missing_regions(dataset, phase) or clusters.lacking(divided)
    if left_out("dedn", dataset, files, (out, said), missing):
        return
    settings = params.load(paths.config(dataset, "dedn"), Settings)
    problem, regions = inputs.read_regions(dataset, phase)
    reads = [
        paths.config(dataset, "dedn"),
        divided,
        paths.features(dataset),
        paths.prepared(dataset) / phase / "problem",
        Path("zslcore") / "methods" / "dedn",
    ]
    with logged(log, device.start(read_runtime()), settings.seeds, reads) as run:
        model = fit(problem, settings.training, run, clusters.load(divided).of)
        model.save(out)
        answers.save(model.answers(regions), said)


if __name__ == "__main__":
    enter(main)
