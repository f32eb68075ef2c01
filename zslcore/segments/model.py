"""The segmenter: Mask2Former for seen classes.

Cheng et al. 2022, https://arxiv.org/abs/2112.01527.

An embedding of a segment is the output of the last decoder layer AFTER the decoder's final layer
norm: what the class layer and the mask head are given. (transformers calls the output before that
norm the last hidden state.)
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import safetensors.torch
import torch
from torch import Tensor, nn

from zslcore.nn.seeding import seeded
from zslcore.nn.tensors import write_tensors
from zslcore.runtime.files import write_json
from zslcore.runtime.params import check
from zslcore.segments.batches import normalised
from zslcore.segments.config import Network
from zslcore.segments.matching import Predictions
from zslcore.segments.network import build

WEIGHTS, ABOUT = "segmenter.safetensors", "segmenter.json"


class Queries(NamedTuple):
    """What the queries found in B images.

    Attributes:
        embeddings: of segments, (B, Q, d).
        masks: logits at a quarter of the input's size, (B, Q, h, w).
    """

    embeddings: Tensor
    masks: Tensor


class ClassLayer(NamedTuple):
    """Rows by class of the dataset, no object last: weight (K + 1, d), bias (K + 1,)."""

    weight: Tensor
    bias: Tensor


class Segmenter(nn.Module):
    """Mask2Former with a class layer over the seen classes and "no object", which comes last.

    Args:
        cfg: of the network.
        classes: ids in the dataset of the classes that it tells apart, ascending.
        n_classes: K, of the dataset.
        weights: of the backbone, see `Backbone`.

    Raises:
        ValueError: classes are not ascending ids of the dataset, or the network cannot be made.
        OSError: the backbone's weights could not be fetched.
    """

    def __init__(
        self, cfg: Network, classes: Sequence[int], n_classes: int, weights: str = "none"
    ) -> None:
        super().__init__()
        self.cfg, self.classes, self.n_classes = cfg, tuple(classes), n_classes
        known = set(range(n_classes))
        if not self.classes or list(self.classes) != sorted(known & set(self.classes)):
            raise ValueError(
                f"the segmenter's classes are {self.classes}; allowed: some of 0 to "
                f"{n_classes - 1}, ascending"
            )
        self.network: Any = build(cfg, weights)
        self.class_layer = nn.Linear(cfg.hidden, len(self.classes) + 1)

    @classmethod
    def random(cls, cfg: Network, classes: Sequence[int], n_classes: int, seed: int) -> Self:
        """One to be trained: its random weights follow from the seed."""
        with seeded(torch.device("cpu"), seed):
            return cls(cfg, classes, n_classes, cfg.backbone.weights)

    def forward(self, pixels: Tensor) -> Predictions:
        """Logits at all levels.

        Args:
            pixels: uint8, (B, 3, H, W); H and W are multiples of 32.
        """
        states, masks = self._levels(pixels)
        each = torch.stack([state.transpose(0, 1) for state in states], dim=1)
        return Predictions(self.class_layer(each), torch.stack(masks, dim=1))

    def queries(self, pixels: Tensor) -> Queries:
        """Embeddings and masks of the last level; `class_layer` makes the former class logits."""
        states, masks = self._levels(pixels)
        return Queries(states[-1].transpose(0, 1), masks[-1])

    def by_class(self) -> ClassLayer:
        """The class layer, rows by class of the dataset; those of unseen classes are 0."""
        rows = torch.tensor([*self.classes, self.n_classes], device=self.class_layer.weight.device)
        weight, bias = self.class_layer.weight.detach(), self.class_layer.bias.detach()
        return ClassLayer(
            weight.new_zeros(self.n_classes + 1, weight.shape[1]).index_copy(0, rows, weight),
            bias.new_zeros(self.n_classes + 1).index_copy(0, rows, bias),
        )

    def _levels(self, pixels: Tensor) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Of each level the normed states, (Q, B, d), and mask logits, (B, Q, h, w)."""
        x = normalised(pixels, self.class_layer.weight.dtype)
        found = self.network(x, output_hidden_states=True)
        return found.transformer_decoder_intermediate_states, found.masks_queries_logits

    def save(self, folder: Path) -> None:
        """Write weights as safetensors, and what they belong to as JSON."""
        write_tensors(self.state_dict(), folder / WEIGHTS)
        about = {
            "network": self.cfg.model_dump(mode="json"),
            "classes": list(self.classes),
            "n_classes": self.n_classes,
        }
        write_json(about, folder / ABOUT)


def load(folder: Path) -> Segmenter:
    """What `save` wrote; nothing is fetched.

    Raises:
        ValueError: the weights do not fit the settings beside them.
    """
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    cfg = check(Network, about["network"], str(folder / ABOUT))
    with torch.random.fork_rng(devices=[]):  # random weights are made, and replaced
        segmenter = Segmenter(cfg, about["classes"], about["n_classes"])
    path = folder / WEIGHTS
    try:
        segmenter.load_state_dict(safetensors.torch.load(path.read_bytes()))
    except RuntimeError as error:
        raise ValueError(f"{path} is not a complete segmenter: {error}") from None
    return segmenter.eval()
