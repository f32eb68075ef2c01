"""A trained Bi-VAEGAN: scores of any number of images, and its files."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from zslcore.data.problem import Array
from zslcore.data.scores import Kind
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.frozen import CHUNK, Frozen
from zslcore.methods.bivaegan.pretune import Tuner, load_tuner
from zslcore.methods.bivaegan.softmax import Softmax
from zslcore.methods.bivaegan.space import Box, Space, Sphere
from zslcore.nn.tensors import write_tensors
from zslcore.runtime.files import write_json

WEIGHTS, PROGRESS, TUNER = "model.safetensors", "progress.safetensors", "tuner"


@dataclass(frozen=True)
class Model:
    """The networks of S seeds with their classifiers.

    Attributes:
        frozen: the networks.
        zsl: among the unseen classes.
        gzsl: among all classes.
        tuner: what features go through before, or None.
        progress: what another phase of its training goes on with, see `State.progress`; nothing
            if none is to come.
    """

    frozen: Frozen
    zsl: Softmax
    gzsl: Softmax
    tuner: Tuner | None = None
    progress: Mapping[str, Tensor] = field(default_factory=dict)

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
        blocks = [self._block(self.scaled(x[i : i + CHUNK])) for i in range(0, len(x), CHUNK)]
        return np.concatenate(blocks, 1)

    def _block(self, v: Tensor) -> Array:
        frozen = self.frozen
        x = frozen.augmented(v[None])
        log_p = self.gzsl.logits(x).log_softmax(-1)
        if frozen.cfg.classifier.gzsl == "factored":
            among = self.zsl.logits(x).log_softmax(-1)
            any_unseen = log_p[..., frozen.unseen].logsumexp(-1, keepdim=True)
            log_p[..., frozen.unseen] = any_unseen + among
        return log_p.float().cpu().numpy()

    def save(self, folder: Path) -> None:
        """Write model.safetensors, model.json, and what there is of progress and tuner."""
        frozen = self.frozen
        tensors = {f"{n}.{k}": v for n, each in frozen.nets.items() for k, v in each.items()}
        for name, classifier in (("zsl", self.zsl), ("gzsl", self.gzsl)):
            tensors |= {f"{name}.weight": classifier.weight, f"{name}.bias": classifier.bias}
        tensors |= {"class.vectors": frozen.vectors, "class.unseen": frozen.unseen}
        if isinstance(frozen.space, Box):
            tensors |= {"box.low": frozen.space.low, "box.width": frozen.space.width}
        write_tensors(tensors, folder / WEIGHTS)
        write_json({"settings": frozen.cfg.model_dump(mode="json")}, folder / "model.json")
        # what a model that was here before had, and this one has not, goes away
        (folder / PROGRESS).unlink(missing_ok=True)
        shutil.rmtree(folder / TUNER, ignore_errors=True)
        if self.progress:
            write_tensors(self.progress, folder / PROGRESS)
        if self.tuner is not None:
            self.tuner.save(folder / TUNER)


def load(folder: Path, device: torch.device | None = None) -> Model:
    """What `Model.save` wrote.

    Raises:
        ValueError: a file is missing, or is not what it should be.
    """
    place, progress = str(device or "cpu"), folder / PROGRESS
    try:
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        cfg = Config.model_validate(about["settings"])
        parts = _parts(folder / WEIGHTS, place)
        classes, box = parts.pop("class"), parts.pop("box", None)
        zsl, gzsl = Softmax(**parts.pop("zsl")), Softmax(**parts.pop("gzsl"))
        space: Space = Sphere(cfg.r) if box is None else Box(**box)
        frozen = Frozen(parts, space, classes["vectors"], classes["unseen"], cfg)
        more = safetensors.torch.load_file(progress, place) if progress.exists() else {}
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{folder} holds no complete Bi-VAEGAN: {error}; let `dvc repro` train it anew"
        ) from error
    tuner = load_tuner(folder / TUNER, device) if (folder / TUNER).exists() else None
    return Model(frozen, zsl, gzsl, tuner, more)


def _parts(path: Path, place: str) -> dict[str, dict[str, Tensor]]:
    """The tensors of a file by what stands before the first dot of their names."""
    parts: dict[str, dict[str, Tensor]] = {}
    for name, tensor in safetensors.torch.load_file(path, place).items():
        group, key = name.split(".", 1)
        parts.setdefault(group, {})[key] = tensor
    return parts
