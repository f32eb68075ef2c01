"""One problem on the device, scaled as the networks want it."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from zslcore.data.problem import Problem
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.space import Space, Sphere, box
from zslcore.runtime.run import Run


@dataclass(frozen=True)
class Prepared:
    """What training touches.

    Attributes:
        space: how features are scaled.
        x: training images, (N, V).
        y: their class ids, (N,).
        vectors: class vectors of unit length, (K, A).
        unseen: class ids, (U,).
        x_unlabeled: unlabelled images of unseen classes, (M, V); without rows in an inductive
            problem.
    """

    space: Space
    x: Tensor
    y: Tensor
    vectors: Tensor
    unseen: Tensor
    x_unlabeled: Tensor


def prepare(problem: Problem, cfg: Config, run: Run) -> Prepared:
    """Put a problem on the run's device."""
    dtype = torch.get_default_dtype()
    x = run.tensor(problem.x, dtype)
    space = Sphere(cfg.r) if cfg.normalization == "l2" else box(x)
    unlabeled = problem.x_unlabeled
    return Prepared(
        space,
        space.scale(x),
        run.tensor(problem.y, torch.int64),
        F.normalize(run.tensor(problem.class_vectors, dtype), dim=1),
        run.tensor(~problem.seen).nonzero().squeeze(1),
        x[:0] if unlabeled is None else space.scale(run.tensor(unlabeled, dtype)),
    )
