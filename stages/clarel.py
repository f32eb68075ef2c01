"""What CLAREL reads of a phase."""

from stages import inputs, paths
from zslcore.data import store
from zslcore.data.problem import Array, Problem
from zslcore.methods.clarel.config import Config
from zslcore.methods.clarel.task import features

Captions = list[list[str]]


def missing(dataset: str, phase: str, cfg: Config) -> str:
    """What a dataset lacks, and how it gets it; nothing if it has all."""
    if not store.load_evaluation_captions(paths.prepared(dataset) / phase):
        return f"{dataset} has no captions: name some in dataset.{dataset}.captions"
    if cfg.features == "regions":
        return inputs.missing_regions(dataset, phase)
    return ""


def read(dataset: str, phase: str, cfg: Config) -> tuple[Problem, Array, Captions]:
    """The problem of a phase with captions; features and captions of its evaluation images."""
    problem, x = inputs.read(dataset, phase)
    if cfg.features == "regions":
        problem, regions = inputs.read_regions(dataset, phase)
        x = features(cfg, x, regions)
    folder = paths.prepared(dataset) / phase
    return store.with_captions(problem, folder), x, store.load_evaluation_captions(folder)
