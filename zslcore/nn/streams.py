"""What stochastic gradient descent needs when several seeds are trained side by side."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from zslcore.runtime.run import Run


class Diverged(ValueError):
    """Training has left the finite numbers."""


class Streams:
    """Random numbers; what one seed draws does not depend on which others there are."""

    def __init__(self, run: Run, *key: int) -> None:
        """Streams of their own for every key: a later part of a training needs no earlier one."""
        self._generators = [run.generator(_mixed(seed, key)) for seed in run.seeds]
        self.seeds, self.device = len(run.seeds), run.device

    def normal(self, *shape: int) -> Tensor:
        """Standard normal, (S, *shape)."""
        return self._draw(torch.randn, *shape)

    def uniform(self, *shape: int) -> Tensor:
        """In [0, 1), (S, *shape)."""
        return self._draw(torch.rand, *shape)

    def below(self, end: int, *shape: int) -> Tensor:
        """Integers from 0 to end - 1, (S, *shape)."""
        return (self.uniform(*shape) * end).long().clamp_(max=end - 1)

    def permutations(self, size: int) -> Tensor:
        """The integers from 0 to size - 1 in random order, (S, size)."""
        return self._draw(torch.randperm, size)

    def batches(self, images: int, size: int, epochs: int) -> Iterator[tuple[Tensor, float]]:
        """Batches of positions, (S, B), and the share of the training still ahead, from 1 to 0."""
        for epoch in range(epochs):
            rows = self.permutations(images)
            for start in range(0, images, size):
                yield rows[:, start : start + size], 1 - (epoch + start / images) / epochs

    def _draw(self, sample: Callable[..., Tensor], *shape: int) -> Tensor:
        return torch.stack([sample(*shape, generator=g, device=g.device) for g in self._generators])


def _mixed(seed: int, key: Sequence[int]) -> int:
    if not key:
        return seed
    # NumPy takes [1] and [1, 0] for the same: the length tells them apart
    return int(np.random.SeedSequence([seed, len(key), *key]).generate_state(1)[0])


def check_finite(losses: Sequence[Tensor]) -> None:
    """Look at the losses of all steps, each (S,): after the training, as each look stalls a GPU.

    Raises:
        Diverged: it names the first step with a loss that is not finite.
    """
    finite = torch.stack(tuple(losses)).isfinite().all(1)
    if not finite.all():
        first = int(finite.long().argmin()) + 1
        raise Diverged(f"the loss is not finite at step {first} of {len(losses)}")
