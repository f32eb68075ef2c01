"""A trained PADing: one classifier per seed, the generators behind them, and their files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from torch import Tensor
from torch.nn.functional import linear, normalize

from zslcore.data.problem import Array
from zslcore.methods.pading.config import Config
from zslcore.methods.pading.generators import Generator, build
from zslcore.methods.pading.heads import CosineHead, Linear
from zslcore.methods.pading.networks import Networks
from zslcore.methods.pading.task import Task
from zslcore.nn.seeding import seed_of, seeded
from zslcore.nn.tensors import write_tensors
from zslcore.runtime.files import write_json


@dataclass(frozen=True)
class Model:
    """What S seeds have learned.

    Attributes:
        classifier: weight (S, K + 1, e) and bias (S, K + 1), "no object" last; e is d, or s for
            the projection.
        space: where the projection maps embeddings, weight (S, s, d) and bias (S, s); else None.
        generators: S of them, or none.
        vectors: of the classes, as the generators are asked with them, (K, s).
        seen: bool, (K,).
        cfg: settings.
    """

    classifier: Linear
    space: Linear | None
    generators: Sequence[Generator]
    vectors: Tensor
    seen: Tensor
    cfg: Config

    def logits(self, x: Array) -> Array:
        """Embeddings (..., d) -> (S, ..., K + 1) float32, "no object" last."""
        shape, device = x.shape[:-1], self.vectors.device
        points = torch.from_numpy(np.ascontiguousarray(x)).to(device, self.vectors.dtype)
        points = points.reshape(-1, x.shape[-1])
        with torch.inference_mode():
            each = [self._of_seed(points, seed) for seed in range(len(self.classifier.bias))]
        found: Array = torch.stack(each).float().cpu().numpy()
        return found.reshape(len(each), *shape, -1)

    def synthesised(self, classes: Sequence[int], count: int, seed: int) -> Array:
        """Generated embeddings of some classes, float32 (S, C, count, d), as the classifier saw.

        Args:
            classes: C ids.
            count: of each.
            seed: of noise and dropout, the same for all S.

        Raises:
            ValueError: there is no generator, or no such class.
        """
        if not self.generators:
            raise ValueError(f"pading.generator is {self.cfg.generator}: it generates nothing")
        k = len(self.vectors)
        if wrong := [c for c in classes if not 0 <= c < k]:
            raise ValueError(f"there is no class {wrong[0]}; allowed: 0 to {k - 1}")
        y = torch.tensor(list(classes), device=self.vectors.device).repeat_interleave(count)
        found = []
        for generator in self.generators:
            with torch.inference_mode(), seeded(y.device, seed_of(seed)):
                found.append(generator(self.vectors[y], self.seen[y]))
        shaped: Array = torch.stack(found).float().cpu().numpy()
        return shaped.reshape(len(found), len(classes), count, -1)

    def save(self, folder: Path) -> None:
        """Write model.safetensors and model.json."""
        tensors = {
            f"generator.{seed}.{name}": value
            for seed, generator in enumerate(self.generators)
            for name, value in generator.state_dict().items()
        }
        for place, layer in (("classifier", self.classifier), ("space", self.space)):
            if layer is not None:
                tensors |= {f"{place}.{name}": each for name, each in layer._asdict().items()}
        tensors |= {"classes.vectors": self.vectors, "classes.seen": self.seen}
        write_tensors(tensors, folder / "model.safetensors")
        write_json({"settings": self.cfg.model_dump(mode="json")}, folder / "model.json")

    def _of_seed(self, x: Tensor, seed: int) -> Tensor:
        if self.space is not None:
            x = normalize(linear(x, self.space.weight[seed], self.space.bias[seed]), dim=1)
        return linear(x, self.classifier.weight[seed], self.classifier.bias[seed])


def supervised(layer: Linear, seeds: int, task: Task) -> Model:
    """The model of a class layer that was not trained on: all seeds have the same."""
    weight, bias = (torch.stack([each] * seeds) for each in layer)
    return Model(Linear(weight, bias), None, (), task.vectors, task.seen, task.cfg)


def of_networks(networks: Sequence[Networks], task: Task) -> Model:
    """The model of networks, one per seed."""
    heads = [each.head for each in networks]
    cosine = [head for head in heads if isinstance(head, CosineHead)]
    if cosine:
        weight = torch.stack([head.rows().detach() for head in cosine])
        classifier = Linear(weight, weight.new_zeros(weight.shape[:2]))
    else:
        classifier = _stacked(heads)
    space = _stacked([head.map for head in cosine]) if cosine else None
    generators = [each.generator for each in networks if each.generator is not None]
    return Model(classifier, space, generators, task.vectors, task.seen, task.cfg)


def load(folder: Path, device: torch.device | None = None) -> Model:
    """What `Model.save` wrote.

    Raises:
        ValueError: a file is not what it should be.
    """
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    cfg = Config.model_validate(about["settings"])
    path = folder / "model.safetensors"
    found = safetensors.torch.load_file(path, device=str(device or "cpu"))
    try:
        model = _restored(found, cfg)
    except (KeyError, RuntimeError) as error:
        raise ValueError(f"{path} is not a complete PADing: {error}") from None
    if found:
        raise ValueError(
            f"{path} is no PADing of these settings: it has {', '.join(sorted(found))}"
        )
    return model


def _restored(found: dict[str, Tensor], cfg: Config) -> Model:
    """Takes out of `found` what belongs to a model."""
    vectors, seen = found.pop("classes.vectors"), found.pop("classes.seen")
    classifier, space = _taken(found, "classifier"), None
    if cfg.generator == "projection":
        space = _taken(found, "space")
    generators: list[Generator] = []
    size = classifier.weight.shape[2]
    if cfg.generator in ("gmmn", "primitives"):
        for seed in range(len(classifier.bias)):
            own = f"generator.{seed}."
            names = [name for name in found if name.startswith(own)]
            values = {name.removeprefix(own): found.pop(name) for name in names}
            with torch.device("meta"):
                generator = build(vectors.shape[1], size, cfg)
            assert generator is not None  # the settings have one
            generator.load_state_dict(values, assign=True)
            generators.append(generator)
    return Model(classifier, space, generators, vectors, seen, cfg)


def _taken(found: dict[str, Tensor], place: str) -> Linear:
    return Linear(found.pop(f"{place}.weight"), found.pop(f"{place}.bias"))


def _stacked(layers: Sequence[Any]) -> Linear:
    return Linear(
        torch.stack([each.weight.detach() for each in layers]),
        torch.stack([each.bias.detach() for each in layers]),
    )
