"""First weights of modules: MSRA's, which paper and code both name."""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from zslcore.nn.seeding import seeded

M = TypeVar("M", bound=nn.Module)


def made(make: Callable[[], M], seed: int, device: torch.device) -> M:
    """A new module whose weights follow from the seed; no other random number is drawn.

    They are drawn where every machine draws the same, and moved to the device then.
    """
    with torch.device("meta"):  # PyTorch's own first weights of 50 million would take a second
        module = make()
    module.to_empty(device="cpu")
    with seeded(torch.device("cpu"), seed):
        for each in module.modules():
            _fill(each)
    # (transposed) convolutions take two thirds of the time in this order of memory, on CPUs too
    return module.to(device).to(memory_format=torch.channels_last)


@torch.no_grad()
def _fill(module: nn.Module) -> None:
    """Weights N(0, 2 / fan-in), biases 0 (He et al. 2015)."""
    if not isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        return
    if isinstance(module, nn.ConvTranspose2d):
        # of a kernel's positions, only one in stride x stride meets a given output pixel
        height, width = module.kernel_size[:2]
        down, right = module.stride[:2]
        fan_in = module.in_channels * height * width / (down * right)
        nn.init.normal_(module.weight, std=(2 / fan_in) ** 0.5)
    else:
        nn.init.kaiming_normal_(module.weight)
    if module.bias is not None:
        nn.init.zeros_(module.bias)
