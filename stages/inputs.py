"""What several stages read: a phase's problem and the features of its evaluation images."""

from stages import paths
from zslcore.data import store
from zslcore.data.problem import Array, Problem
from zslcore.features.store import load


def read(dataset: str, phase: str, transductive: bool = False) -> tuple[Problem, Array]:
    """The problem of a phase, and features (N, D) of its evaluation images, without labels."""
    features = load(paths.features(dataset), phase)
    inputs = store.Inputs(features.pooled, features.regions)
    folder = paths.prepared(dataset) / phase
    problem = store.load_problem(folder, inputs, transductive)
    return problem, store.load_evaluation(folder, inputs)
