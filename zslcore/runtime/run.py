"""What a training run needs besides data and hyperparameters: device, seeds, log, scratch."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

Record = Mapping[str, float | int | str]


def _ignore(record: Record) -> None:
    return None


@dataclass(frozen=True)
class Run:
    """Handed to `fit`.

    Attributes:
        device: where the models are trained.
        seeds: one model is trained per seed, all in this process.
        log: takes one flat record of numbers; does nothing by default.
        scratch: an ignored folder for checkpoints of this very run, or None.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    seeds: Sequence[int] = (0,)
    log: Callable[[Record], None] = _ignore
    scratch: Path | None = None

    @classmethod
    def logging_to(cls, path: Path, device: torch.device, seeds: Sequence[int]) -> Self:
        """A run that writes one JSON object per record to `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")  # the stage's output exists even if nothing is logged

        def log(record: Record) -> None:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")

        return cls(device, seeds, log)

    def tensor(self, array: Any, dtype: torch.dtype | None = None) -> Tensor:
        """A NumPy array as a tensor on the run's device."""
        return torch.as_tensor(np.ascontiguousarray(array), dtype=dtype, device=self.device)

    def generator(self, seed: int) -> torch.Generator:
        """A stream of random numbers of its own, on the run's device."""
        return torch.Generator(self.device).manual_seed(seed)
