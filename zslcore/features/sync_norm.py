"""Batch norm (Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167) over several processes.

PyTorch's own SyncBatchNorm runs on GPUs only; this one is made of all-reduces, for any device.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from zslcore.runtime import processes


class _Total(torch.autograd.Function):
    """The sum over processes; each input counts in the loss of every process."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return processes.total(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return processes.total(gradients[0])


@contextmanager
def over_all_processes(model: nn.Module) -> Iterator[None]:
    """While this holds, the model trains as if all images of a step were in this process."""
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    if processes.count() == 1:
        norms = []
    for norm in norms:
        vars(norm)["forward"] = partial(_forward, norm)
    try:
        yield
    finally:
        for norm in norms:
            del vars(norm)["forward"]


def _forward(norm: Any, x: Tensor) -> Tensor:
    """(B, C, ...) -> the same; the mean comes first: differences of squares would lose digits."""
    others = [dim for dim in range(x.ndim) if dim != 1]
    n = processes.total(x.new_tensor(x.numel() / x.shape[1]))
    mean = _sum(x, others) / n
    centred = x - mean
    variance = _sum(centred.square(), others) / n
    _track(norm, mean, variance * n / (n - 1))
    shape = mean.shape
    y = centred * (variance + norm.eps).rsqrt() * norm.weight.view(shape) + norm.bias.view(shape)
    for name in ("drop", "act"):  # timm's batch norm has the activation inside
        y = getattr(norm, name, nn.Identity())(y)
    return y


def _sum(x: Tensor, dims: list[int]) -> Tensor:
    total: Tensor = _Total.apply(x.sum(dims, keepdim=True))
    return total


@torch.no_grad()
def _track(norm: Any, mean: Tensor, variance: Tensor) -> None:
    norm.num_batches_tracked += 1
    norm.running_mean.lerp_(mean.flatten(), norm.momentum)
    norm.running_var.lerp_(variance.flatten(), norm.momentum)
