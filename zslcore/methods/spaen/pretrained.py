"""The networks that the paper takes ready-made, and their file."""

from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import torch
from torch import nn

from zslcore.methods.spaen import perceptual
from zslcore.methods.spaen.config import Images
from zslcore.methods.spaen.invert import new_generator
from zslcore.methods.spaen.perceptual import Perceptual
from zslcore.nn.tensors import write_tensors

NAME = "pretrained.safetensors"


@dataclass(frozen=True)
class Pretrained:
    """Perceptual network, frozen, and the image generator that F's and G's training starts from."""

    perceptual: Perceptual
    generator: nn.Sequential

    def save(self, folder: Path) -> None:
        """Write pretrained.safetensors."""
        write_tensors(_both(self.perceptual, self.generator).state_dict(), folder / NAME)


def load(folder: Path, cfg: Images, device: torch.device) -> Pretrained:
    """What `Pretrained.save` wrote.

    Args:
        folder: with the file.
        cfg: settings; those of the two networks as they were.
        device: where to put them.

    Raises:
        ValueError: the file does not hold the networks of these settings.
    """
    path, place = folder / NAME, torch.device("cpu")
    bare = cfg.perceptual.model_copy(update={"weights": "none"})
    network = perceptual.build(bare, cfg.crops.size, 0, place)
    inputs, _ = perceptual.sizes(network, cfg.crops.size)
    generator = new_generator(inputs, cfg, 0, place)
    try:
        _both(network, generator).load_state_dict(safetensors.torch.load_file(path))
    except RuntimeError as error:
        raise ValueError(f"{path} does not hold the networks of the settings: {error}") from None
    return Pretrained(network.requires_grad_(False).eval().to(device), generator.to(device))


def _both(network: Perceptual, generator: nn.Sequential) -> nn.ModuleDict:
    return nn.ModuleDict({"perceptual": network, "generator": generator})
