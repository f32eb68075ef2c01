"""E, F, G's head and D: perceptrons of two layers, for several seeds side by side.

Chen et al. 2018, section 4.1; the widths and the leaky ReLU after the last layer of E, F and G
are the published code's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from zslcore.nn.streams import Streams

Masks = tuple[Tensor, Tensor]
"""What dropout leaves of the input and of the hidden layer, (S, B, I) and (S, B, H)."""

NAMES = ("w1", "b1", "w2", "b2")


@dataclass(frozen=True)
class Shape:
    """Inputs, hidden units and outputs of a head, and what its last layer ends in.

    Attributes:
        slope: of leaky ReLU.
        active: whether leaky ReLU follows the last layer, too.
    """

    inputs: int
    hidden: int
    outputs: int
    slope: float
    active: bool = True


class Head(nn.Module):
    """(S, B, I) -> (S, B, O).

    Args:
        values: w1 (S, I, H), b1 (S, 1, H), w2 (S, H, O), b2 (S, 1, O).
        slope, active: see `Shape`.

    Raises:
        KeyError: a value is missing.
    """

    def __init__(self, values: Mapping[str, Tensor], slope: float, active: bool = True) -> None:
        super().__init__()
        self.w1, self.b1, self.w2, self.b2 = (nn.Parameter(values[name]) for name in NAMES)
        self.slope, self.active = slope, active

    def forward(self, x: Tensor, masks: Masks | None = None) -> Tensor:
        """Outputs; with dropout where masks are given."""
        if masks is not None:
            x = x * masks[0]
        hidden = leaky_relu(torch.baddbmm(self.b1, x, self.w1), self.slope)
        if masks is not None:
            hidden = hidden * masks[1]
        out = torch.baddbmm(self.b2, hidden, self.w2)
        return leaky_relu(out, self.slope) if self.active else out


def new_head(shape: Shape, streams: Streams) -> Head:
    """He's initialisation: weights N(0, 2 / inputs), biases 0."""
    i, h, o = shape.inputs, shape.hidden, shape.outputs
    values = {
        "w1": streams.normal(i, h) * (2 / i) ** 0.5,
        "b1": torch.zeros(streams.seeds, 1, h, device=streams.device),
        "w2": streams.normal(h, o) * (2 / h) ** 0.5,
        "b2": torch.zeros(streams.seeds, 1, o, device=streams.device),
    }
    return Head(values, shape.slope, shape.active)


def masks(head: Head, rate: float, images: int, streams: Streams) -> Masks | None:
    """Dropout for a batch; None for rate 0."""
    if rate == 0:
        return None
    return _mask(rate, streams, images, head.w1.shape[1]), _mask(
        rate, streams, images, head.w1.shape[2]
    )


def _mask(rate: float, streams: Streams, *shape: int) -> Tensor:
    drawn = streams.uniform(*shape)
    return (drawn >= rate).to(drawn).div_(1 - rate)
