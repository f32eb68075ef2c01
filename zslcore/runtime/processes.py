"""Working as one of several processes that `torchrun` started; without it, one process is all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor


@contextmanager
def joined(device: torch.device) -> Iterator[torch.device]:
    """Work together with the other processes of `torchrun`, if that started this one.

    Yields the device of this process: each has a GPU of its own.
    """
    if "LOCAL_RANK" not in os.environ:
        yield device
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield device
    finally:
        dist.destroy_process_group()


def count() -> int:
    """The number of processes that work together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """The number of this process, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


def first() -> bool:
    """Whether this process is the one that logs and writes what all have in common."""
    return rank() == 0


def share(n: int) -> slice:
    """This process's part of n items in a row; the parts of all processes make up the whole."""
    return slice(n * rank() // count(), n * (rank() + 1) // count())


def total(x: Tensor) -> Tensor:
    """The sum of the processes' tensors, the same in each; without gradient."""
    if count() == 1:
        return x.detach()
    x = x.detach().clone(memory_format=torch.contiguous_format)
    dist.all_reduce(x)
    return x


def wait() -> None:
    """Go on when all processes have come here."""
    if count() > 1:
        dist.barrier()
