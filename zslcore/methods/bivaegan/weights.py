"""The parameters of one network, for all seeds, in one flat buffer.

Adam then is one fused pass over four buffers, instead of several passes per tensor.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import prod

import torch
from torch import Tensor, nn

from zslcore.methods.bivaegan.config import Optimizer

Shapes = Mapping[str, tuple[int, ...]]


class Weights:
    """Named tensors (S, ...), their gradients, and the optimiser.

    Attributes:
        value: views of the flat parameter; leaves, so that autograd can be asked about them.
        grad: views of the flat gradient, to be written before `step`.
    """

    def __init__(self, shapes: Shapes, seeds: int, device: torch.device, cfg: Optimizer) -> None:
        full = {name: (seeds, *shape) for name, shape in shapes.items()}
        size = sum(prod(shape) for shape in full.values())
        self.flat = nn.Parameter(torch.zeros(size, device=device))
        self.flat.grad = torch.zeros_like(self.flat)
        self.value = dict(_views(self.flat.detach(), full))
        self.grad = dict(_views(self.flat.grad, full))
        # decoupled weight decay; with 0 it is plain Adam
        self.adam = torch.optim.AdamW(
            [self.flat],
            lr=cfg.lr,
            betas=(cfg.beta1, cfg.beta2),
            weight_decay=cfg.weight_decay,
            fused=True,
        )

    def __getitem__(self, name: str) -> Tensor:
        return self.value[name]

    @property
    def moments(self) -> dict[str, Tensor]:
        """What the optimiser remembers of earlier steps; nothing before the first one."""
        return dict(self.adam.state.get(self.flat, {}))

    @moments.setter
    def moments(self, values: Mapping[str, Tensor]) -> None:
        place = self.flat.device
        self.adam.state[self.flat] = {k: v.to(place, copy=True) for k, v in values.items()}

    def step(self) -> None:
        """One update with what stands in `grad`."""
        self.adam.step()


@contextmanager
def followed(*weights: Weights) -> Iterator[None]:
    """Within `with`, autograd follows these networks; all others are frozen."""
    values = [value for each in weights for value in each.value.values()]
    for value in values:
        value.requires_grad_(True)
    try:
        yield
    finally:
        for value in values:
            value.requires_grad_(False)


def descend(loss: Tensor, *weights: Weights) -> None:
    """One update of each network along the gradient of a scalar, by autograd."""
    values = [value for each in weights for value in each.value.values()]
    into = [gradient for each in weights for gradient in each.grad.values()]
    for buffer, gradient in zip(into, torch.autograd.grad(loss, values), strict=True):
        buffer.copy_(gradient)
    for each in weights:
        each.step()


def _views(flat: Tensor, shapes: Shapes) -> Iterator[tuple[str, Tensor]]:
    start = 0
    for name, shape in shapes.items():
        size = prod(shape)
        yield name, flat[start : start + size].view(shape)
        start += size
