"""What training is given, on the device."""

from dataclasses import dataclass

import torch
from torch import Tensor

from zslcore.data.problem import Array
from zslcore.data.segments import Segments
from zslcore.methods.pading.config import Config
from zslcore.methods.pading.heads import Linear, by_class
from zslcore.runtime.run import Run


@dataclass(frozen=True)
class Task:
    """Segments for PADing.

    Attributes:
        x: matched embeddings, (N, d), of the type they were kept in.
        y: their classes, (N,).
        unmatched: embeddings of "no object", likewise, (M, d).
        vectors: of the classes, (K, s).
        seen: bool, (K,).
        unseen: ids of the unseen classes, (U,).
        layer: the segmenter's class layer, rows by class.
        cfg: settings.
    """

    x: Tensor
    y: Tensor
    unmatched: Tensor
    vectors: Tensor
    seen: Tensor
    unseen: Tensor
    layer: Linear
    cfg: Config

    def embeddings(self, of: Tensor, index: Tensor) -> Tensor:
        """Rows of `x` or `unmatched`, (...) -> (..., d), in the type that is computed with."""
        return of[index].to(self.vectors.dtype)


def prepare(segments: Segments, layer: tuple[Array, Array], cfg: Config, run: Run) -> Task:
    """The task of some segments.

    Raises:
        ValueError: the class layer does not fit, or no class is unseen where some are generated.
    """
    kind = torch.get_default_dtype()
    seen = run.tensor(segments.seen)
    rows = Linear(*(run.tensor(each, kind) for each in layer))
    if rows.weight.ndim != 2 or rows.weight.shape[1] != segments.x.shape[1]:
        raise ValueError(
            f"the class layer has shape {tuple(rows.weight.shape)}, embeddings have "
            f"{segments.x.shape[1]} numbers: both must come from one segmenter"
        )
    if cfg.generator in ("gmmn", "primitives") and seen.all():
        raise ValueError(
            f"pading.generator is {cfg.generator}, but no class is unseen: set it none"
        )
    x, unmatched = run.tensor(segments.x), run.tensor(segments.unmatched)
    vectors = class_vectors(segments.class_vectors, cfg.normalise)
    return Task(
        *(x, run.tensor(segments.y, torch.int64), unmatched, run.tensor(vectors, kind), seen),
        *((~seen).nonzero().squeeze(1), by_class(rows, seen), cfg),
    )


def class_vectors(vectors: Array, normalise: bool) -> Array:
    """(K, s), of unit length if wanted."""
    if not normalise:
        return vectors
    length: Array = (vectors.astype(float) ** 2).sum(1, keepdims=True) ** 0.5
    return vectors / length
