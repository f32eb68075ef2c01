"""DEDN: zero-shot learning by two experts that distil from each other, with two attentions.

Rao et al. 2024, https://arxiv.org/abs/2404.16348.
"""

import torch

from zslcore.data.problem import Labels, Problem
from zslcore.methods.dedn.config import Training
from zslcore.methods.dedn.layout import lay_out
from zslcore.methods.dedn.model import Model, load
from zslcore.methods.dedn.networks import build
from zslcore.methods.dedn.task import attribute_vectors, prepare
from zslcore.methods.dedn.train import train
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

__all__ = ["fit", "load"]


def fit(problem: Problem, cfg: Training, run: Run, clusters: Labels) -> Model:
    """Train on the region maps of the seen classes.

    Args:
        problem: with region maps and, unless the settings ask for one-hot ones, attribute vectors.
        cfg: settings.
        run: device, seeds, log, scratch.
        clusters: cluster of each attribute, (D,), from 0 on without gaps.

    Raises:
        ValueError: region maps or attribute vectors are missing, or the clusters do not fit.
        Diverged: training left the finite numbers.
    """
    attributes = problem.class_vectors.shape[1]
    if len(clusters) != attributes:
        raise ValueError(f"{len(clusters)} attributes have a cluster, the classes {attributes}")
    layout = lay_out(clusters, cfg)
    task = prepare(problem, layout, cfg, run)
    vectors = run.tensor(attribute_vectors(problem, cfg)).to(torch.get_default_dtype())
    weights = build(layout, vectors, task.maps.shape, cfg.rank, Streams(run))
    train(weights, task, run)
    return Model(weights, clusters, problem.class_vectors, problem.seen, cfg)
