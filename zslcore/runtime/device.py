"""Where and with how many threads to compute: from `runtime`, which no stage depends on."""

import torch

from zslcore.runtime import memory
from zslcore.runtime.params_file import Runtime


def start(runtime: Runtime) -> torch.device:
    """Set the number of threads and what becomes of memory, and give the device.

    Raises:
        ValueError: the device is not one of this machine's.
    """
    if runtime.threads:
        torch.set_num_threads(runtime.threads)
    memory.keep()
    return pick(runtime.device)


def pick(name: str) -> torch.device:
    """The device of that name; "auto" is the first GPU, else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"runtime.device: no device {name!r} here ({error})") from None
