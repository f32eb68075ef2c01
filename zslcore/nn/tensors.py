"""Tensors on disk."""

from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
from torch import Tensor


def write_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Named tensors as safetensors, wherever they are; the folder is made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    beside = path.with_name(f"{path.name}.part")  # a half-written file never has the right name
    beside.write_bytes(safetensors.torch.save(kept))  # its own writing makes files private
    beside.replace(path)
