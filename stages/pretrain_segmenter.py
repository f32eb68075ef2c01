"""Mask2Former, trained on images of seen classes: python -m stages.pretrain_segmenter DATASET."""

import logging
from pathlib import Path

from stages import paths, segmentation
from stages.entry import enter
from stages.training import left_out, logged
from zslcore.data.segmentation_store import load_problem
from zslcore.runtime import device, params, processes
from zslcore.runtime.params_file import read_runtime
from zslcore.segments.config import Config
from zslcore.segments.pretrain import pretrain
from zslcore.segments.source import of_problem


class Settings(params.Params):
    listed: bool
    seed: int
    segmenter: Config


def main(dataset: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log, out = segmentation.log("segmenter", dataset), segmentation.segmenter(dataset)
    if left_out("pretrain_segmenter", dataset, [log, log.with_suffix(".csv")], [out]):
        return
    file = paths.config(dataset, "pretrain_segmenter")
    settings = params.load(file, Settings)
    prepared = paths.prepared(dataset)
    reads = [file, prepared / "problem", Path("zslcore") / "segments"]
    with (
        processes.joined(device.start(read_runtime())) as place,
        logged(log, place, (settings.seed,), reads) as run,
    ):
        made = pretrain(of_problem(load_problem(prepared)), settings.segmenter, run)
        if processes.first():
            made.save(out)


if __name__ == "__main__":
    enter(main)
