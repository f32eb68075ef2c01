"""A trained DEDN: what experts and branches say of images, and its files."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

from zslcore.data.problem import Array, Labels, Mask, Rows
from zslcore.data.scores import Kind
from zslcore.methods.dedn.answers import Answers, class_scores
from zslcore.methods.dedn.attention import region_weights
from zslcore.methods.dedn.config import Inference, Training
from zslcore.methods.dedn.layout import lay_out
from zslcore.methods.dedn.maps import Maps
from zslcore.methods.dedn.networks import Weights, names, outputs, projected
from zslcore.nn.tensors import write_tensors
from zslcore.runtime.files import write_json

IMAGES = 64  # looked at at a time


@dataclass(frozen=True)
class Model:
    """The experts of S seeds.

    Attributes:
        weights: of `networks.build`.
        clusters: of the attributes, (D,).
        class_vectors: (K, D), as in the problem.
        seen: bool, (K,).
        cfg: settings of the training.
    """

    weights: Weights
    clusters: Labels
    class_vectors: Array
    seen: Mask
    cfg: Training

    kind: Kind = "similarity"

    def answers(self, regions: Rows | Array) -> Answers:
        """What each branch of each expert says of the attributes of images (N, R, C)."""
        layout = lay_out(self.clusters, self.cfg)
        natural = np.argsort(layout.order)
        maps = Maps(regions, self.weights["v"].device)
        blocks = []
        with torch.inference_mode():
            for index in torch.arange(len(maps)).split(IMAGES):
                o = outputs(self.weights, layout, maps[index[None]], self.cfg.precision)
                blocks.append({branch: each.float().cpu().numpy() for branch, each in o.items()})
        return {
            (expert, branch): np.concatenate(
                [block[branch][..., layout.of_expert(expert)][..., natural] for block in blocks], 1
            )
            for expert in layout.experts
            for branch in layout.branches
        }

    def scores(self, regions: Rows | Array, how: Inference) -> Array:
        """Images (N, R, C) -> scores of all classes with their margins, (S, N, K) float32."""
        return class_scores(self.answers(regions), self.class_vectors, self.seen, how)

    def with_classes(self, vectors: Array, seen: Mask) -> "Model":
        """The same experts for other classes, (K, D) and bool (K,): nothing is trained."""
        return replace(self, class_vectors=vectors, seen=seen)

    def attention(self, regions: Rows | Array) -> dict[str, Array]:
        """Where each expert looks for each attribute, (S, N, D, R); none without its branch."""
        layout = lay_out(self.clusters, self.cfg)
        if "region" not in layout.branches:
            return {}
        natural = np.argsort(layout.order)
        maps = Maps(regions, self.weights["v"].device)
        index = torch.arange(len(maps)).expand(len(self.weights["v"]), -1)
        with torch.inference_mode():
            logits = projected(self.weights, layout, "w2")
            a = region_weights(maps[index], logits, self.cfg.precision).float().cpu().numpy()
        return {
            expert: a[..., layout.of_expert(expert)][..., natural].swapaxes(2, 3)
            for expert in layout.experts
        }

    def save(self, folder: Path) -> None:
        """Write model.safetensors and model.json."""
        tensors = {f"weights.{name}": each for name, each in self.weights.items()}
        for name in ("clusters", "class_vectors", "seen"):
            tensors[f"classes.{name}"] = torch.from_numpy(np.array(getattr(self, name)))
        write_tensors(tensors, folder / "model.safetensors")
        write_json({"settings": self.cfg.model_dump(mode="json")}, folder / "model.json")


def load(folder: Path, device: torch.device | None = None) -> Model:
    """What `Model.save` wrote.

    Raises:
        ValueError: a file is not what it should be.
    """
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    cfg = Training.model_validate(about["settings"])
    path = folder / "model.safetensors"
    found = safetensors.torch.load_file(path, device=str(device or "cpu"))
    weights = {k.removeprefix("weights."): v for k, v in found.items() if k.startswith("weights.")}
    try:
        of_classes = [found[f"classes.{n}"] for n in ("clusters", "class_vectors", "seen")]
    except KeyError as error:
        raise ValueError(f"{path} is not a complete DEDN: {error} is missing") from None
    clusters, class_vectors, seen = (each.cpu().numpy() for each in of_classes)
    if missing := names(lay_out(clusters, cfg), cfg.rank) - weights.keys():
        raise ValueError(f"{path} is not a complete DEDN: it has no {', '.join(sorted(missing))}")
    return Model(weights, clusters, class_vectors, seen, cfg)
