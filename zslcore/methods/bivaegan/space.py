"""How visual features are scaled: what the generator's output is brought to, too."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

TINY = 1e-12


@dataclass(frozen=True)
class Sphere:
    """Features of length r (Bi-VAEGAN eq. 1)."""

    r: float

    def scale(self, x: Tensor) -> Tensor:
        """Backbone features (..., V) into the space."""
        return self.r * F.normalize(x, dim=-1)

    squash = scale
    """What the generator's last layer gives, into the space."""

    def pull(self, real: Tensor, fake: Tensor, t: Tensor) -> Tensor:
        """The factor (..., 1) that brings t real + (1 - t) fake back to the sphere."""
        length = torch.lerp(fake, real, t).norm(dim=-1, keepdim=True)
        return self.r / length.clamp_min(TINY)

    def reconstruction(self, output: Tensor, target: Tensor) -> Tensor:
        """Squared error of a feature, summed over its dimensions (eq. 8), (..., V) -> (...)."""
        return (self.squash(output) - target).square().sum(-1)


@dataclass(frozen=True)
class Box:
    """Features scaled to [0, 1] in every dimension: f-VAEGAN's way.

    Attributes:
        low, width: (V,), of the seen training images; others may fall outside.
    """

    low: Tensor
    width: Tensor

    def scale(self, x: Tensor) -> Tensor:
        """Backbone features (..., V) into the space."""
        return (x - self.low) / self.width

    def squash(self, x: Tensor) -> Tensor:
        """What the generator's last layer gives, into the space."""
        return x.sigmoid()

    def pull(self, real: Tensor, fake: Tensor, t: Tensor) -> Tensor:
        """The box is convex: 1."""
        return torch.ones_like(t)

    def reconstruction(self, output: Tensor, target: Tensor) -> Tensor:
        """Binary cross-entropy of a feature, summed over its dimensions, (..., V) -> (...)."""
        return F.binary_cross_entropy_with_logits(output, target, reduction="none").sum(-1)


Space = Sphere | Box


def box(x: Tensor) -> Box:
    """The box of training images (N, V); a dimension that never varies keeps its unit."""
    low, high = x.min(0).values, x.max(0).values
    return Box(low, torch.where(high > low, high - low, torch.ones_like(low)))


def unit_box(like: Tensor) -> Box:
    """The box without scaling: points between lie on straight lines."""
    zero = like.new_zeros(like.shape[-1])
    return Box(zero, zero + 1)
