"""Random numbers that follow from a key, for modules that draw from PyTorch's own stream."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def seed_of(*key: int) -> int:
    """A seed for PyTorch that follows from a key, such as (seed, part, round)."""
    return int(np.random.default_rng(key).integers(2**62))


@contextmanager
def seeded(device: torch.device, seed: int) -> Iterator[None]:
    """Within `with`, PyTorch's own random numbers follow from the seed; after it, as before."""
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield
