"""The network that pre-tunes features, and the part of it that is kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from torch import Tensor, nn

from zslcore.data.problem import Array
from zslcore.nn.tensors import write_tensors
from zslcore.runtime.files import write_json

SLOPE = 0.2
ROWS = 4096  # images mapped at a time
NAME = "pretune"


class Network(nn.Module):
    """An encoder of features, and what its output has to be good for.

    Layers before a batch norm have no bias: it would vanish there.

    Args:
        features: their number, V; the encoder's output has as many.
        hidden: units of encoder and decoder.
        heads: units of the hidden layers of both heads.
        classes: seen ones.
        attributes: A.
    """

    def __init__(
        self, features: int, hidden: int, heads: int, classes: int, attributes: int
    ) -> None:
        super().__init__()
        self.encoder = encoder(features, hidden)
        self.class_head = nn.Sequential(
            nn.Linear(features, heads, bias=False),
            nn.BatchNorm1d(heads),
            nn.LeakyReLU(SLOPE),
            nn.Linear(heads, classes),
        )
        self.attribute_head = nn.Sequential(
            nn.Linear(features, heads), nn.LeakyReLU(SLOPE), nn.Linear(heads, attributes)
        )
        self.decoder = _wide(features, hidden)

    def attributes(self, v: Tensor) -> Tensor:
        """Class vectors of unit length, from what the encoder gave: (B, V) -> (B, A)."""
        return F.normalize(self.attribute_head(v), dim=-1)


def encoder(features: int, hidden: int) -> nn.Sequential:
    """Features (N, V) of unit length -> (N, V), not negative and of any length."""
    return _wide(features, hidden).append(nn.ReLU())


def _wide(features: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(features, hidden, bias=False),
        nn.BatchNorm1d(hidden),
        nn.LeakyReLU(SLOPE),
        nn.Linear(hidden, features),
    )


@dataclass(frozen=True)
class Tuner:
    """A trained encoder.

    Attributes:
        encoder: in eval mode.
        about: how it came about; JSON values.
    """

    encoder: nn.Sequential
    about: Mapping[str, Any] = field(default_factory=dict)

    @torch.no_grad()
    def apply(self, x: Array) -> Array:
        """Features (N, V) float32, brought to unit length and mapped: (N, V) float32.

        The output is not of unit length.
        """
        device = next(self.encoder.parameters()).device
        blocks = torch.as_tensor(np.ascontiguousarray(x, dtype=np.float32)).split(ROWS)
        mapped = [self.encoder(F.normalize(block.to(device), dim=1)).cpu() for block in blocks]
        return torch.cat(mapped).numpy()

    def save(self, folder: Path) -> None:
        """Write pretune.safetensors and pretune.json."""
        write_tensors(self.encoder.state_dict(), folder / f"{NAME}.safetensors")
        write_json(self.about, folder / f"{NAME}.json")


def load_tuner(folder: Path, device: torch.device | None = None) -> Tuner:
    """What `Tuner.save` wrote, on the CPU unless another device is named.

    Raises:
        ValueError: a file is missing or damaged, or holds other tensors than an encoder's.
    """
    path = folder / f"{NAME}.safetensors"
    try:
        tensors = safetensors.torch.load_file(path)
        about = json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8"))
        hidden, features = tensors["0.weight"].shape
        network = encoder(features, hidden)
        network.load_state_dict(tensors)
    except (OSError, SafetensorError, KeyError, RuntimeError, ValueError) as error:
        raise ValueError(f"{folder} does not hold a pre-tuning network: {error}") from error
    return Tuner(network.to(device or "cpu").eval(), about)
