"""What the stages of SP-AEN have in common: a phase with images, and where things are."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from stages import paths
from stages.training import left_out, logged
from zslcore.data import store
from zslcore.data.problem import Array, Problem, Rows
from zslcore.features.store import load
from zslcore.runtime import device, processes
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run

F = "autoencoder.safetensors"


def pretrained(dataset: str, phase: str) -> Path:
    """The networks that the paper takes ready-made."""
    return paths.models("spaen_pretrained", dataset, phase)


def autoencoder(dataset: str, phase: str) -> Path:
    """F and G."""
    return paths.models("spaen_images", dataset, phase)


def read(dataset: str, phase: str) -> tuple[Problem, Array, Rows]:
    """The problem of a phase with its images; features and images of its evaluation images."""
    features = load(paths.features(dataset), phase)
    squares = np.load(paths.squares(dataset) / "images.npy", mmap_mode="r")
    inputs, folder = store.Inputs(features.pooled, images=squares), paths.prepared(dataset) / phase
    problem = store.load_problem(folder, inputs)
    evaluated = store.load_evaluation(folder, inputs)
    return problem, evaluated, store.load_evaluation_images(folder, inputs)


def skipped(stage: str, dataset: str, files: list[Path], folders: list[Path]) -> bool:
    """Whether there is nothing to train: then the outputs are there, and empty."""
    here = (paths.squares(dataset) / "images.npy").exists()
    missing = f"{dataset} has no images, only features of them"
    return left_out(stage, dataset, files, folders, "" if here else missing)


@contextmanager
def started(log: Path, settings: Path, seeds: Sequence[int], reads: list[Path]) -> Iterator[Run]:
    """A run with its log and checkpoints, perhaps as one of several processes.

    Args:
        log: of the phase.
        settings: file of the stage.
        seeds: of the models.
        reads: models of earlier stages that it goes on from.
    """
    dataset, phase = log.parent.name.rsplit("-", 1)
    of_all = [
        settings,
        paths.squares(dataset),
        paths.features(dataset),
        paths.prepared(dataset) / phase / "problem",
        Path("zslcore") / "methods" / "spaen",
    ]
    with (
        processes.joined(device.start(read_runtime())) as place,
        logged(log, place, seeds, [*of_all, *reads]) as run,
    ):
        yield run
