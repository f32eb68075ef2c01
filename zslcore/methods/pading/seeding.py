"""Random numbers that follow from a key, for modules that draw from PyTorch's own stream."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def seeded(device: torch.device, *key: int) -> Iterator[None]:
    """Within `with`, PyTorch's own random numbers follow from the key; after it, as before."""
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(int(np.random.default_rng(key).integers(2**62)))
        yield
