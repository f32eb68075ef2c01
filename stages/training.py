"""What stages that train a method have in common: being left out, a log and its curves."""

import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from stages import paths
from stages.rows import write_csv
from zslcore.runtime import processes
from zslcore.runtime.run import Record, Run
from zslcore.runtime.scratch import scratch

logger = logging.getLogger(__name__)

HEADER = ("epoch", "term", "mean", "low", "high")


def left_out(
    method: str,
    dataset: str,
    files: Sequence[Path],
    folders: Sequence[Path],
    missing: str = "",
) -> bool:
    """Whether there is nothing to train: then the stage's outputs are there, and empty.

    Args:
        method: or a stage of its own settings that serves one; nothing is trained that `methods`
            does not list.
        dataset: of the cell.
        files, folders: outputs that DVC expects.
        missing: what the method needs and the dataset lacks, and how it gets some; it is said.
    """
    config = json.loads(paths.config(dataset, method).read_text(encoding="utf-8"))
    if config["listed"] and not missing:
        return False
    if config["listed"]:
        logger.warning("%s is left out: %s", method, missing)
    leave_empty(files, folders)
    return True


def leave_empty(files: Sequence[Path], folders: Sequence[Path]) -> None:
    """Outputs that DVC expects of a stage that has nothing to put into them."""
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
        if path.suffix == ".csv":
            write_csv([], path, HEADER)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)


@contextmanager
def logged(
    log: Path, place: torch.device, seeds: Sequence[int], reads: list[Path]
) -> Iterator[Run]:
    """A run with its log, and checkpoints that only the very same run finds again.

    The log is there as curves for `dvc plots`, too. Of several processes the first one logs.

    Args:
        log: path of the log; the folder that it is in is named after dataset and phase, and the
            one above after the method.
        place: device.
        seeds: of the models.
        reads: files and folders that decide what comes out: settings, data, code; what all methods
            share is added to them.
    """
    # on another device, the same settings and data lead to other numbers
    root = Path("scratch") / log.parent.parent.name / place.type
    first = processes.first()
    with scratch(root, [*reads, Path("zslcore") / "nn"], first) as folder:
        run = Run.logging_to(log, place, seeds) if first else Run(place, seeds)
        yield replace(run, scratch=folder)
        if first:
            write_curves(log)


def write_curves(log: Path) -> None:
    """Beside a log, every term's mean, minimum and maximum over the seeds, epoch by epoch.

    Where it is of several phases one after the other, their names lead those of the terms.

    Records without a seed stay in the log alone: those of Bi-VAEGAN's pre-tuning network, which
    all seeds share. Its epochs and terms are not those of the training that follows.
    """
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    records = [record for record in records if "seed" in record]
    several = len({record.get("phase") for record in records}) > 1
    lines = [
        {
            "epoch": epoch,
            "term": f"{phase} {term}" if several else term,
            **_over_seeds([float(r[term]) for r in of_epoch]),
        }
        for (phase, epoch), of_epoch in _by_epoch(records).items()
        for term in sorted(of_epoch[0].keys() - {"phase", "epoch", "seed"})
    ]
    write_csv(lines, log.with_suffix(".csv"), HEADER)


def _by_epoch(records: list[Record]) -> dict[tuple[str, int], list[Record]]:
    found: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        key = str(record.get("phase", "")), int(record["epoch"])
        found.setdefault(key, []).append(record)
    return found


def _over_seeds(values: list[float]) -> dict[str, float]:
    return {"mean": sum(values) / len(values), "low": min(values), "high": max(values)}
