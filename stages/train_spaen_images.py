"""SP-AEN's F and G: python -m stages.train_spaen_images DATASET PHASE.

Under the joint schedule they are trained with E by `train_spaen`; then there is nothing here.
"""

import logging

from stages import paths, spaen
from stages.entry import enter
from stages.training import leave_empty
from zslcore.methods.spaen import pretrained
from zslcore.methods.spaen.config import Images, Schedule
from zslcore.methods.spaen.method import fit_f
from zslcore.runtime import params, processes


class Settings(Images):
    listed: bool
    seeds: tuple[int, ...]
    schedule: Schedule


def main(dataset: str, phase: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = paths.training("spaen", dataset, phase) / "images.jsonl"
    out, files = spaen.autoencoder(dataset, phase), [log, log.with_suffix(".csv")]
    file = paths.config(dataset, "train_spaen_images")
    settings = params.load(file, Settings)
    if spaen.skipped("train_spaen_images", dataset, files, [out]):
        return
    if settings.schedule == "joint":
        leave_empty(files, [out])
        return
    problem, _, _ = spaen.read(dataset, phase)
    before = spaen.pretrained(dataset, phase)
    with spaen.started(log, file, settings.seeds, [before]) as run:
        given = pretrained.load(before, settings, run.device)
        made = fit_f(problem, given, settings, run, paths.caches("spaen", dataset, phase))
        if processes.first():
            made.save(out / spaen.F)


if __name__ == "__main__":
    enter(main)
