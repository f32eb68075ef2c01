"""Backbones by name: a timm model, its preprocessing, and the recipe of both."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import timm
import torch
from torch import Tensor

from zslcore.features import timm_models, weights
from zslcore.features.config import Config
from zslcore.features.preprocess import Preprocess
from zslcore.runtime.files import write_json


@dataclass(frozen=True)
class Backbone:
    """A network without classifier, what its input looks like, and where both are from.

    Attributes:
        model: of timm.
        preprocess: from an image to its input.
        region_layer: where region maps are taken; None if there are to be none.
        recipe: what it takes to make the same features again, and their shapes; JSON values.
    """

    model: Any
    preprocess: Preprocess
    region_layer: int | None
    recipe: Mapping[str, Any]

    def __call__(self, x: Tensor) -> tuple[Tensor, ...]:
        """Pooled features (B, D), and region maps (B, R, C) unless there are to be none.

        Args:
            x: inputs, (B, 3, height, width).
        """
        if self.region_layer is None:
            return (self.model(x),)
        pooled, maps = timm_models.pooled_and_map(self.model, x, self.region_layer)
        return pooled, maps.flatten(2).mT


def build(cfg: Config, seed: int) -> Backbone:
    """The backbone of these settings; the seed is that of random weights.

    Raises:
        ValueError: timm cannot make the model, or the weights do not fit it.
        OSError: the weights could not be fetched from their hub.
    """
    with torch.random.fork_rng(devices=[]), timm_models.explained(cfg.model):
        torch.manual_seed(seed)
        model = timm_models.create(cfg.model, cfg.model_args, pretrained=cfg.weights == "hub")
        if cfg.weights not in ("none", "hub"):
            weights.load(model, Path(cfg.weights), timm_models.classifier(model))
        preprocess = timm_models.preprocess(model, cfg.image_size, cfg.crop_pct)
        timm_models.resize(model, preprocess.size)
        layer = cfg.region_layer if cfg.regions else None
        recipe = {
            **cfg.model_dump(include={"model", "model_args", "weights"}),
            "weights_sha256": weights.sha256(model),
            "preprocess": asdict(preprocess),
            "region_layer": layer,
            **_shapes(model, preprocess.size, layer),
            "versions": {"timm": timm.__version__, "torch": torch.__version__},
        }
    return Backbone(model, preprocess, layer, recipe)


def save(backbone: Backbone, folder: Path) -> None:
    """Write `backbone.safetensors` and `backbone.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    weights.save(backbone.model, folder / "backbone.safetensors")
    write_json(backbone.recipe, folder / "backbone.json")


def load(folder: Path) -> Backbone:
    """What `save` wrote."""
    recipe = json.loads((folder / "backbone.json").read_text(encoding="utf-8"))
    settings: dict[str, Any] = recipe["preprocess"]
    for name in ("size", "mean", "std"):
        settings[name] = tuple(settings[name])
    model = timm_models.create(recipe["model"], recipe["model_args"], pretrained=False)
    timm_models.resize(model, settings["size"])
    weights.load(model, folder / "backbone.safetensors")
    return Backbone(model, Preprocess(**settings), recipe["region_layer"], recipe)


@torch.inference_mode()
def _shapes(model: Any, size: tuple[int, int], layer: int | None) -> dict[str, Any]:
    x = torch.zeros(1, 3, *size)
    if layer is None:
        return {"pooled": model(x).shape[1], "regions": None}
    pooled, maps = timm_models.pooled_and_map(model, x, layer)
    names = ("channels", "height", "width")
    return {
        "pooled": pooled.shape[1],
        "regions": dict(zip(names, maps.shape[1:], strict=True)),
    }
