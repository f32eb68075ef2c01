"""From embeddings to logits of all classes and "no object", which has the last of K + 1 rows."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, normalize

NEVER = -1e4  # a logit whose probability is 0, and which any arithmetic survives


class Linear(NamedTuple):
    """A class layer: weight (K + 1, d), bias (K + 1,)."""

    weight: Tensor
    bias: Tensor


def by_class(layer: Linear, seen: Tensor) -> Linear:
    """A segmenter's class layer, rows by class id, "no object" last; those of unseen classes are 0.

    Args:
        layer: rows of all K classes and "no object", or of the seen classes and "no object".
        seen: bool, (K,).

    Raises:
        ValueError: it has another number of rows, or a number that is not finite.
    """
    rows, k, known = len(layer.weight), len(seen), int(seen.sum())
    if rows not in (k + 1, known + 1) or layer.bias.shape != (rows,):
        raise ValueError(
            f"the class layer has shapes {tuple(layer.weight.shape)} and "
            f"{tuple(layer.bias.shape)}; allowed: {k + 1} rows (all classes and no object) "
            f"or {known + 1} (seen ones and no object)"
        )
    if not (layer.weight.isfinite().all() and layer.bias.isfinite().all()):
        raise ValueError("the class layer has NaN or infinite values: its training has diverged")
    to = torch.cat((seen, seen.new_ones(1))).nonzero().squeeze(1)
    of = to if rows == k + 1 else torch.arange(rows, device=to.device)
    weight = layer.weight.new_zeros(k + 1, layer.weight.shape[1])
    bias = layer.bias.new_zeros(k + 1)
    return Linear(
        weight.index_copy(0, to, layer.weight[of]), bias.index_copy(0, to, layer.bias[of])
    )


def without_unseen(layer: Linear, seen: Tensor) -> Linear:
    """The supervised segmenter: it never answers an unseen class."""
    unseen = torch.cat((~seen, seen.new_zeros(1)))
    return Linear(layer.weight, layer.bias.masked_fill(unseen, NEVER))


class LinearHead(nn.Module):
    """A class layer that is trained on."""

    def __init__(self, start: Linear) -> None:
        super().__init__()
        self.weight, self.bias = (nn.Parameter(each.clone()) for each in start)

    def forward(self, x: Tensor) -> Tensor:
        """(n, d) -> (n, K + 1)."""
        return linear(x, self.weight, self.bias)


class CosineHead(nn.Module):
    """The projection baseline: embeddings are mapped to where class vectors are.

    Logits are cosines of the mapped embedding with each class vector and, for "no object", with a
    vector that is learned, over tau.

    Args:
        vectors: of the classes, (K, s).
        size: d, numbers of an embedding.
        tau: temperature.
    """

    def __init__(self, vectors: Tensor, size: int, tau: float) -> None:
        super().__init__()
        self.vectors, self.tau = vectors, tau
        self.map = nn.Linear(size, vectors.shape[1])
        self.nothing = nn.Parameter(torch.randn(vectors.shape[1]))

    def forward(self, x: Tensor) -> Tensor:
        """(n, d) -> (n, K + 1)."""
        return linear(normalize(self.map(x), dim=-1), self.rows())

    def rows(self) -> Tensor:
        """What a mapped embedding of unit length is multiplied with, (K + 1, s)."""
        return normalize(torch.cat((self.vectors, self.nothing[None])), dim=1) / self.tau
