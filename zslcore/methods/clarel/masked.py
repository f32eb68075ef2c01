"""Convolutions and batch norm over time that see words only: what is between captions stays 0."""

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool1d

EPSILON, MOMENTUM = 1e-6, 0.05  # code: a running-average decay of 0.95


class MaskedNorm(nn.Module):
    """Batch norm whose statistics are those of the words, each as often as it is meant.

    Args:
        channels: of the input.
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x: Tensor, weight: Tensor) -> Tensor:
        """A line (C, T), normalised.

        Args:
            x: of the line.
            weight: how often each place counts, (T,); 0 between captions.
        """
        mean, variance = self.mean, self.variance
        if self.training:
            share = weight / weight.sum()
            mean = x @ share
            variance = (x - mean[:, None]).square() @ share
            self.mean.lerp_(mean.detach(), MOMENTUM)
            self.variance.lerp_(variance.detach(), MOMENTUM)
        factor = self.scale * (variance + EPSILON).rsqrt()
        return x * factor[:, None] + (self.shift - mean * factor)[:, None]


class Block(nn.Module):
    """Three convolutions with batch norm, a shortcut around them, and pooling by two.

    Args:
        channels: of the input.
        width: of the output.
        kernel: words that a convolution sees, odd.
    """

    def __init__(self, channels: int, width: int, kernel: int) -> None:
        super().__init__()
        sizes = ((channels, kernel), (width, kernel), (width, kernel))
        self.convolutions = nn.ModuleList(_convolution(c, width, k) for c, k in sizes)
        self.norms = nn.ModuleList(MaskedNorm(width) for _ in sizes)
        self.shortcut, self.shortcut_norm = _convolution(channels, width, 1), MaskedNorm(width)

    def forward(self, x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """A line (C, T) and its weights (T,), T even -> (width, T / 2) and (T / 2,)."""
        mask = weight > 0
        around = self.shortcut_norm(self.shortcut(x), weight)
        for i, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            x = norm(convolution(x), weight)
            x = (x if i == 2 else x.relu()) * mask
        # of places that are 0 or more, so that the empty one beside an odd last word does not show
        x = (x + around).relu() * mask
        return max_pool1d(x, 2), weight.unflatten(0, (-1, 2)).amax(1)


def _convolution(channels: int, width: int, kernel: int) -> nn.Conv1d:
    made = nn.Conv1d(channels, width, kernel, padding=kernel // 2, bias=False)
    nn.init.normal_(made.weight, std=(0.2 / (kernel * width)) ** 0.5)
    return made
