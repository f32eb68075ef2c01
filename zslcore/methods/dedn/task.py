"""What training is given, on the device and in the order of the networks' rows."""

from dataclasses import dataclass

import torch
from torch import Tensor

from zslcore.data.problem import Array, Problem
from zslcore.methods.dedn.config import Training
from zslcore.methods.dedn.layout import Layout
from zslcore.methods.dedn.maps import Maps
from zslcore.runtime.run import Run


@dataclass(frozen=True)
class Task:
    """A problem for DEDN.

    Attributes:
        maps: of the training images.
        y: their classes, (N,).
        signatures: class vectors of unit length, attributes in the order of the rows, (K, D).
        seen: bool, (K,).
        layout: rows of experts and clusters.
        cfg: settings.
    """

    maps: Maps
    y: Tensor
    signatures: Tensor
    seen: Tensor
    layout: Layout
    cfg: Training


def prepare(problem: Problem, layout: Layout, cfg: Training, run: Run) -> Task:
    """The task of a problem.

    Raises:
        ValueError: the problem has no region maps.
    """
    if problem.regions is None:
        raise ValueError("DEDN needs region maps: set features.regions to true for this dataset")
    seen, y = run.tensor(problem.seen), run.tensor(problem.y)
    maps, rows = Maps(problem.regions, run.device), signatures(problem.class_vectors, layout)
    return Task(maps, y, run.tensor(rows).to(torch.get_default_dtype()), seen, layout, cfg)


def signatures(class_vectors: Array, layout: Layout) -> Array:
    """Class vectors (K, D) at unit length, their attributes in the order of the rows."""
    length = (class_vectors**2).sum(1, keepdims=True) ** 0.5
    return (class_vectors / length.clip(1e-12))[:, layout.order]


def attribute_vectors(problem: Problem, cfg: Training) -> Array:
    """V, (D, G): the vectors of the attributes' names, or one-hot ones.

    Raises:
        ValueError: there are no vectors of names.
    """
    attributes = problem.class_vectors.shape[1]
    if cfg.attribute_vectors == "one_hot":
        return torch.eye(attributes).numpy()
    if problem.attribute_vectors is None:
        raise ValueError(
            "dedn.attribute_vectors is `names`, but the dataset has no vectors of attribute names: "
            "give it some (dataset.<name>.attribute_vectors), or set it to one_hot"
        )
    return problem.attribute_vectors
