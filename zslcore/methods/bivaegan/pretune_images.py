"""What the pre-tuning network is trained and judged on."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from zslcore.data.problem import Labels, Mask, Problem
from zslcore.methods.bivaegan.pretune_config import Pretune
from zslcore.runtime.run import Run


@dataclass(frozen=True)
class Images:
    """Features of unit length, on the device.

    Attributes:
        x, y: to train on, (N, V), and their classes among the Ks seen ones, (N,).
        held_x, held_y: held out of them.
        extra: unlabelled images to reconstruct, (M, V); without rows if there are none.
        vectors: of the seen classes, of unit length, (Ks, A).
    """

    x: Tensor
    y: Tensor
    held_x: Tensor
    held_y: Tensor
    extra: Tensor
    vectors: Tensor


def prepare(problem: Problem, cfg: Pretune, run: Run, rng: np.random.Generator) -> Images:
    """Divide the training images, and put all on the run's device.

    Raises:
        ValueError: every seen class has a single image.
    """
    held = hold_out(problem.y, cfg.holdout, rng)
    if not held.any():
        raise ValueError("pretune.holdout: every seen class has one image, none can be held out")
    x = F.normalize(run.tensor(problem.x, torch.float32), dim=1)
    y = run.tensor(np.searchsorted(np.flatnonzero(problem.seen), problem.y))
    extra = x[:0]
    if cfg.reconstruction_weight > 0 and problem.x_unlabeled is not None:
        extra = F.normalize(run.tensor(problem.x_unlabeled, torch.float32), dim=1)
    out = run.tensor(held)
    vectors = run.tensor(problem.class_vectors[problem.seen], torch.float32)
    return Images(x[~out], y[~out], x[out], y[out], extra, F.normalize(vectors, dim=1))


def hold_out(y: Labels, share: float, rng: np.random.Generator) -> Mask:
    """True for a share of the images of each class, (N,): at least one and never all of them."""
    held = np.zeros(len(y), dtype=bool)
    for c in np.unique(y).tolist():
        members = rng.permutation(np.flatnonzero(y == c))
        held[members[: min(max(round(share * len(members)), 1), len(members) - 1)]] = True
    return held


def batches(n: int, size: int, rng: np.random.Generator) -> Labels:
    """Positions in 0..n-1 for an epoch, none twice, (steps, size); (1, n) where n is below size.

    Only whole batches, for batch norm's sake: what is left over waits for the next epoch's draw.
    """
    size = min(size, n)
    return rng.permutation(n)[: n - n % size].reshape(-1, size)


def companions(m: int, of: Labels, rng: np.random.Generator) -> Labels:
    """As many positions in 0..m-1 as `of` has; each as often as any other, give or take one.

    Without any to choose from, m = 0, they are none: (steps, 0).
    """
    if m == 0:
        return np.empty((len(of), 0), dtype=np.int64)
    rounds = [rng.permutation(m) for _ in range(ceil(of.size / m))]
    return np.concatenate(rounds)[: of.size].reshape(of.shape)
