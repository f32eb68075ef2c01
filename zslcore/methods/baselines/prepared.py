"""One problem on the device, and what several baselines compute from it, once."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor

from zslcore.data.problem import Problem
from zslcore.methods.baselines.config import Config, Length
from zslcore.runtime.run import Run

T = TypeVar("T")
ROWS = 4096  # images that are turned into float64 at a time


class Spectrum(NamedTuple):
    """Eigenvalues (R,) and eigenvectors (D, R) of a Gram matrix (D, D), without its null space."""

    values: Tensor
    vectors: Tensor


class Prepared:
    """A problem's training images and class vectors as tensors; Ks is the number of seen classes.

    Attributes:
        run: device and seeds.
        normalize: what `x` was brought to, and whatever is scored must be.
        lengths: what class vectors were brought to, and whatever else is a class must be.
        x: images, scaled, float32, (N, D).
        own: True at an image's class, (N, Ks); columns are the seen classes in order of their ids.
        vectors: class vectors, scaled, float64, (K, A).
        seen: (K,).
        seen_vectors: those of the seen classes, (Ks, A).
        members: their numbers of images, float64, (Ks,).
    """

    def __init__(self, problem: Problem, cfg: Config, run: Run) -> None:
        self.run, self.normalize, self.lengths = run, cfg.normalize, cfg.class_vectors
        self.seen = run.tensor(problem.seen)
        self.x = scaled(run.tensor(problem.x), cfg.normalize)
        self.own = run.tensor(problem.y)[:, None] == self.seen.nonzero().T
        self.vectors = scaled(run.tensor(problem.class_vectors, torch.float64), cfg.class_vectors)
        self.seen_vectors = self.vectors[self.seen]
        self.members = self.own.sum(0).double()
        self._made: dict[str, Any] = {}

    def once(self, key: str, make: Callable[[], T]) -> T:
        """What `make()` gave at the first call with this key."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @cached_property
    def sums(self) -> Tensor:
        """The sum of each seen class's images, float64, (Ks, D)."""
        total = torch.zeros(self.own.shape[1], self.x.shape[1]).to(self.vectors)
        for x, own in zip(self.x.split(ROWS), self.own.split(ROWS), strict=True):
            total += own.double().T @ x.double()
        return total

    @cached_property
    def gram(self) -> Spectrum:
        """X'X, (D, D): factorised once for all penalties."""
        total = torch.zeros(self.x.shape[1], self.x.shape[1]).to(self.vectors)
        for x in self.x.split(ROWS):
            total += x.double().T @ x.double()
        return spectrum(total)


def scaled(rows: Tensor, length: Length) -> Tensor:
    """Rows as they are ("none") or of unit length ("l2"), (N, D); a row of zeros stays one."""
    return F.normalize(rows, dim=1) if length == "l2" else rows


def spectrum(gram: Tensor) -> Spectrum:
    """Of a symmetric positive semidefinite matrix (D, D)."""
    values, vectors = torch.linalg.eigh(gram)
    real = values > values[-1] * len(gram) * torch.finfo(gram.dtype).eps
    return Spectrum(values[real], vectors[:, real])
