"""What SP-AEN takes ready-made: python -m stages.pretrain_spaen DATASET PHASE.

The network that images are compared by, the image generator that inverts it, and what the former
says of every fixed crop. Weights that the settings name are loaded, others are learnt here.
"""

import logging

from stages import paths, spaen
from stages.entry import enter
from zslcore.methods.spaen.config import Images
from zslcore.methods.spaen.method import pretrain
from zslcore.runtime import params, processes


class Settings(Images):
    listed: bool
    seeds: tuple[int, ...]


def main(dataset: str, phase: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = paths.training("spaen", dataset, phase) / "pretraining.jsonl"
    out, caches = spaen.pretrained(dataset, phase), paths.caches("spaen", dataset, phase)
    if spaen.skipped("pretrain_spaen", dataset, [log, log.with_suffix(".csv")], [out, caches]):
        return
    file = paths.config(dataset, "pretrain_spaen")
    settings = params.load(file, Settings)
    problem, _, _ = spaen.read(dataset, phase)
    with spaen.started(log, file, settings.seeds, []) as run:
        made = pretrain(problem, settings, run, caches)
        if processes.first():
            made.save(out)


if __name__ == "__main__":
    enter(main)
