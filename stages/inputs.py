"""What several stages read: a phase's problem and the inputs of its evaluation images."""

from pathlib import Path

from stages import paths
from zslcore.data import store
from zslcore.data.problem import Array, Problem, Rows
from zslcore.features.store import load


def read(dataset: str, phase: str, transductive: bool = False) -> tuple[Problem, Array]:
    """The problem of a phase, and features (N, D) of its evaluation images, without labels."""
    inputs, folder = _of(dataset, phase)
    problem = store.load_problem(folder, inputs, transductive)
    return problem, store.load_evaluation(folder, inputs)


def read_regions(dataset: str, phase: str) -> tuple[Problem, Rows]:
    """The problem of a phase, and region maps (N, R, C) of its evaluation images, unread.

    Raises:
        ValueError: the dataset has no region maps; says how it gets some.
    """
    if missing := missing_regions(dataset, phase):
        raise ValueError(missing)
    inputs, folder = _of(dataset, phase)
    return store.load_problem(folder, inputs), store.load_evaluation_regions(folder, inputs)


def missing_regions(dataset: str, phase: str) -> str:
    """Why a dataset has no region maps, and how it gets some; nothing if it has."""
    if _of(dataset, phase)[0].regions is not None:
        return ""
    return (
        f"{dataset} has no region maps. Where its features are made from images, set "
        "features.regions to true; where they are in files, name a file of region maps in "
        f"dataset.{dataset}.regions"
    )


def _of(dataset: str, phase: str) -> tuple[store.Inputs, Path]:
    """What the `features` stage made, and the folder of the phase."""
    features = load(paths.features(dataset), phase)
    inputs = store.Inputs(features.pooled, features.regions)
    return inputs, paths.prepared(dataset) / phase
