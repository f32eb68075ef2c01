"""The state of a fine-tuning between two epochs, on disk: what a killed run goes on from."""

import os
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from torch.optim import Optimizer

from zslcore.runtime.run import Record

NAME = "finetune.pt"


def save(folder: Path, model: nn.Module, optimizer: Optimizer, records: Sequence[Record]) -> None:
    """Write the state after as many epochs as there are log records."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{NAME}.part"
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "records": records}
    torch.save(state, part)
    os.replace(part, folder / NAME)


def restore(folder: Path, model: nn.Module, optimizer: Optimizer) -> list[Record]:
    """Set the model and the optimizer as they were; the log records of the epochs done."""
    if not (folder / NAME).exists():
        return []
    state = torch.load(folder / NAME, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    records: list[Record] = state["records"]
    return records
