"""What a step sees: positions of segments and classes, drawn from PyTorch's own stream."""

import torch
from torch import Tensor

from zslcore.methods.pading.task import Task


class Batches:
    """Segments of distinct seen classes, as many of each, drawn with replacement.

    Classes of which there is no segment are never drawn.

    Args:
        task: labels and settings.
    """

    def __init__(self, task: Task) -> None:
        self.cfg = task.cfg.batch
        self.count = torch.unique(task.y, return_counts=True)[1]
        self.by_class = task.y.argsort(stable=True)
        self.start = self.count.cumsum(0) - self.count

    def __call__(self) -> Tensor:
        """Positions, (C, n)."""
        device = self.count.device
        drawn = torch.randperm(len(self.count), device=device)[: self.cfg.classes, None]
        share = torch.rand(len(drawn), self.cfg.samples, device=device)
        return self.by_class[self.start[drawn] + (share * self.count[drawn]).long()]


def evenly(classes: Tensor, count: int) -> Tensor:
    """So many classes in random order, none of them more than once more than another."""
    rounds = -(-count // len(classes))
    orders = [torch.randperm(len(classes), device=classes.device) for _ in range(rounds)]
    return classes[torch.cat(orders)[:count]]
