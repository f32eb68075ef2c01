"""A trained SP-AEN: what E says of images, what F and G make of them, and its files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from zslcore.data.problem import Array, Mask
from zslcore.data.scores import Kind
from zslcore.methods.spaen.autoencoder import Autoencoder, restored
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.networks import NAMES, Head
from zslcore.methods.spaen.task import unit
from zslcore.nn.tensors import write_tensors
from zslcore.runtime.files import write_json

IMAGES = 4096  # embedded at a time


@dataclass(frozen=True)
class Model:
    """E of S seeds.

    Attributes:
        e: (S, N, V) -> (S, N, A).
        class_vectors: of all classes, (K, A), as in the problem.
        autoencoders: F and G: one under the two-stage schedule, S under the joint one, none where
            E was trained by classification only.
        cfg: settings.
    """

    e: Head
    class_vectors: Array
    autoencoders: Sequence[Autoencoder]
    cfg: Config

    kind: Kind = "similarity"

    @torch.no_grad()
    def embed(self, x: Array) -> Array:
        """E(x) of features (N, V), (S, N, A)."""
        seeds, parts = len(self.e.w1), []
        for begin in range(0, len(x), IMAGES):
            block = torch.from_numpy(unit(x[begin : begin + IMAGES])).to(self.e.w1)
            parts.append(self.e(block.expand(seeds, -1, -1)).cpu().numpy())
        return np.concatenate(parts, 1)

    def scores(self, x: Array) -> Array:
        """Features (N, V) -> (S, N, K) float32: products with class vectors of unit length."""
        found: Array = (self.embed(x) @ unit(self.class_vectors).T).astype(np.float32)
        return found

    def with_classes(self, vectors: Array, seen: Mask) -> "Model":
        """The same E for other classes, (K, A) and bool (K,): nothing is trained."""
        return replace(self, class_vectors=vectors)

    def reconstruct(self, vectors: Array, seed: int = 0) -> Array:
        """Images of the perceptual network's vectors (N, H), uint8 (N, size, size, 3).

        Args:
            vectors: as `reconstruct.vectors_of` gives them.
            seed: which of the autoencoders.

        Raises:
            ValueError: E was trained by classification only.
        """
        if not self.autoencoders:
            raise ValueError(
                "this SP-AEN has no F and G: it was trained with objective classification; "
                "train it with objective full to reconstruct images"
            )
        return self.autoencoders[seed].reconstruct(vectors, self.cfg.crops.size)

    def save(self, folder: Path) -> None:
        """Write model.safetensors and model.json."""
        tensors = {f"e.{name}": value for name, value in self.e.state_dict().items()}
        for number, auto in enumerate(self.autoencoders):
            tensors |= {f"{number}.{name}": value for name, value in auto.state_dict().items()}
        tensors["class_vectors"] = torch.from_numpy(np.array(self.class_vectors))
        write_tensors(tensors, folder / "model.safetensors")
        about = {
            "settings": self.cfg.model_dump(mode="json"),
            "autoencoders": len(self.autoencoders),
        }
        write_json(about, folder / "model.json")


def load(folder: Path, device: torch.device | None = None) -> Model:
    """What `Model.save` wrote.

    Raises:
        ValueError: a file is not what it should be.
    """
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    cfg, path = Config.model_validate(about["settings"]), folder / "model.safetensors"
    found = safetensors.torch.load_file(path, device=str(device or "cpu"))
    try:
        vectors = found.pop("class_vectors").cpu().numpy()
        e = Head({name: found.pop(f"e.{name}") for name in NAMES}, cfg.heads.slope)
        autos = [restored(_of(found, k), "spaen", cfg) for k in range(about["autoencoders"])]
    except (KeyError, RuntimeError) as error:
        raise ValueError(f"{path} is not a complete SP-AEN: {error}") from None
    if found:
        raise ValueError(f"{path} holds what no SP-AEN of its settings has: {', '.join(found)}")
    return Model(e.requires_grad_(False), vectors, autos, cfg)


def _of(found: dict[str, Tensor], number: int) -> dict[str, Tensor]:
    own = f"{number}."
    return {n.removeprefix(own): found.pop(n) for n in list(found) if n.startswith(own)}
