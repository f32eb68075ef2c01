"""A trained Bi-VAEGAN: scores of any number of images, and its files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from zslcore.data.problem import Array
from zslcore.data.scores import Kind
from zslcore.methods.bivaegan.classifiers import logits
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.frozen import Frozen
from zslcore.methods.bivaegan.pretune import Tuner, load_tuner
from zslcore.methods.bivaegan.softmax import Softmax
from zslcore.methods.bivaegan.space import Box, Space, Sphere
from zslcore.runtime.files import write_json

ROWS = 1024  # images scored at a time
TUNER = "tuner"


@dataclass(frozen=True)
class Model:
    """The networks of S seeds with their classifiers.

    Attributes:
        frozen: the networks.
        zsl: among the unseen classes.
        gzsl: among all classes.
        penalty: the weights of the critics' gradient penalties at the end, (S,) each.
        tuner: what features go through before, or None.
    """

    frozen: Frozen
    zsl: Softmax
    gzsl: Softmax
    penalty: Mapping[str, Tensor]
    tuner: Tuner | None = None

    kind: Kind = "similarity"

    def with_settings(self, cfg: Config) -> "Model":
        """The same networks under other settings, of the prior's estimate, say."""
        return replace(self, frozen=replace(self.frozen, cfg=cfg))

    def scaled(self, x: Array) -> Tensor:
        """Backbone features (N, D) as the networks take them, (N, V)."""
        x = x if self.tuner is None else self.tuner.apply(x)
        x = np.ascontiguousarray(x)
        return self.frozen.space.scale(torch.from_numpy(x).to(self.frozen.vectors))

    def scores(self, x: Array) -> Array:
        """Images (N, D) float32 -> log-probabilities of all classes, (S, N, K) float32.

        With the setting `gzsl: joint` they are those of the classifier among all classes. With
        `factored` that one only decides how likely any unseen class is; which of them, is left to
        the classifier among the unseen classes, which has not seen the others' images.
        """
        blocks = [self._block(self.scaled(x[i : i + ROWS])) for i in range(0, len(x), ROWS)]
        return np.concatenate(blocks, 1)

    def _block(self, v: Tensor) -> Array:
        frozen = self.frozen
        log_p = logits(frozen, self.gzsl, v).log_softmax(-1)
        if frozen.cfg.classifier.gzsl == "factored":
            among = logits(frozen, self.zsl, v).log_softmax(-1)
            any_unseen = log_p[..., frozen.unseen].logsumexp(-1, keepdim=True)
            log_p[..., frozen.unseen] = any_unseen + among
        return log_p.float().cpu().numpy()

    def save(self, folder: Path) -> None:
        """Write model.safetensors, model.json, and the tuner's files."""
        frozen = self.frozen
        tensors = {f"{n}.{k}": v for n, each in frozen.nets.items() for k, v in each.items()}
        for name, classifier in (("zsl", self.zsl), ("gzsl", self.gzsl)):
            tensors |= {f"{name}.weight": classifier.weight, f"{name}.bias": classifier.bias}
        tensors |= {f"penalty.{name}": weight for name, weight in self.penalty.items()}
        tensors |= {"class.vectors": frozen.vectors, "class.unseen": frozen.unseen}
        if isinstance(frozen.space, Box):
            tensors |= {"box.low": frozen.space.low, "box.width": frozen.space.width}
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / "model.part"
        # safetensors' own writing would make the file private
        beside.write_bytes(
            safetensors.torch.save({k: v.detach().cpu().contiguous() for k, v in tensors.items()})
        )
        beside.replace(folder / "model.safetensors")
        write_json({"settings": frozen.cfg.model_dump(mode="json")}, folder / "model.json")
        if self.tuner is not None:
            self.tuner.save(folder / TUNER)


def load(folder: Path, device: torch.device | None = None) -> Model:
    """What `Model.save` wrote.

    Raises:
        ValueError: a file is not what it should be.
    """
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    cfg = Config.model_validate(about["settings"])
    parts: dict[str, dict[str, Tensor]] = {}
    place = str(device or "cpu")
    path = folder / "model.safetensors"
    for name, tensor in safetensors.torch.load_file(path, device=place).items():
        group, key = name.split(".", 1)
        parts.setdefault(group, {})[key] = tensor
    try:
        classes, box = parts.pop("class"), parts.pop("box", None)
        zsl, gzsl = Softmax(**parts.pop("zsl")), Softmax(**parts.pop("gzsl"))
        penalty = parts.pop("penalty", {})
        space: Space = Sphere(cfg.r) if box is None else Box(**box)
        frozen = Frozen(parts, space, classes["vectors"], classes["unseen"], cfg)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is not a complete Bi-VAEGAN: {error}") from None
    tuner = load_tuner(folder / TUNER, device) if (folder / TUNER).exists() else None
    return Model(frozen, zsl, gzsl, penalty, tuner)
