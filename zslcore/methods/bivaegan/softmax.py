"""Linear softmax classifiers of all seeds, trained side by side."""

from dataclasses import dataclass
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

from zslcore.methods.bivaegan.config import Optimizer
from zslcore.methods.bivaegan.weights import Weights
from zslcore.nn.streams import Streams, check_finite


@dataclass(frozen=True)
class Softmax:
    """logits = x W + b.

    Attributes:
        weight: (S, D, C).
        bias: (S, 1, C).
    """

    weight: Tensor
    bias: Tensor

    def logits(self, x: Tensor) -> Tensor:
        """(S, N, D) -> (S, N, C)."""
        return torch.baddbmm(self.bias, x, self.weight)

    @classmethod
    def join(cls, parts: list[Self]) -> Self:
        """Those of several groups of seeds."""
        return cls(torch.cat([p.weight for p in parts]), torch.cat([p.bias for p in parts]))


@dataclass(frozen=True)
class Descent:
    """Adam's settings, passes over the images, images of a step."""

    adam: Optimizer
    epochs: int
    size: int


@torch.no_grad()
def fit(x: Tensor, y: Tensor, classes: int, how: Descent, streams: Streams) -> Softmax:
    """Minimise cross-entropy by Adam; weights start at N(0, 0.02^2).

    Args:
        x: (S, N, D).
        y: positions of the classes, (N,), the same for every seed.
        classes: C.
        how: the schedule.
        streams: of the seeds.

    Raises:
        Diverged: the loss is not finite.
    """
    seeds, images, features = x.shape
    shapes = {"weight": (features, classes), "bias": (1, classes)}
    model = Weights(shapes, seeds, x.device, how.adam)
    model["weight"].copy_(0.02 * streams.normal(features, classes))
    rows_of_all = x.reshape(-1, features)
    first = images * torch.arange(seeds, device=x.device)[:, None]
    losses = []
    for rows, _ in streams.batches(images, how.size, how.epochs):
        batch, own = rows_of_all[rows + first], y[rows]
        log_p = F.log_softmax(torch.baddbmm(model["bias"], batch, model["weight"]), -1)
        slope = (log_p.exp() - F.one_hot(own, classes)) / rows.shape[1]
        torch.bmm(batch.mT, slope, out=model.grad["weight"])
        model.grad["bias"].copy_(slope.sum(1, True))
        model.step()
        losses.append(-log_p.gather(-1, own[..., None]).mean((1, 2)))
    check_finite(losses)
    return Softmax(model["weight"], model["bias"])
