"""From images to scores: what a baseline is once it is trained.

Each is a frozen set of tensors and plain values, called with x (B, D) and returning (S, B, K), and
computes in the precision of its tensors. `kind` is that of `zslcore.methods.Model`; Ks is the
number of seen classes.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from zslcore.data.scores import Kind
from zslcore.methods.baselines.config import Metric

KINDS: dict[Metric, Kind] = {"cosine": "similarity", "euclidean": "distance"}


class Scorer(Protocol):
    """Any of the classes below."""

    @property
    def kind(self) -> Kind: ...

    def __call__(self, x: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class Compatibility:
    """The best of L linear scores of each class; weight (S, L, D, K)."""

    kind: ClassVar[Kind] = "similarity"
    weight: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        return (x.to(self.weight) @ self.weight).amax(1)


@dataclass(frozen=True)
class Nearest:
    """How near an image's projection is to a class vector; weight (D, A), vectors (K, A)."""

    weight: Tensor
    vectors: Tensor
    metric: Metric

    @property
    def kind(self) -> Kind:
        return KINDS[self.metric]

    def __call__(self, x: Tensor) -> Tensor:
        return nearness(x.to(self.weight) @ self.weight, self.vectors, self.metric)[None]


@dataclass(frozen=True)
class NearestImage:
    """How near an image is to the one expected of a class; prototypes (K, D)."""

    prototypes: Tensor
    metric: Metric

    @property
    def kind(self) -> Kind:
        return KINDS[self.metric]

    def __call__(self, x: Tensor) -> Tensor:
        return nearness(x.to(self.prototypes), self.prototypes, self.metric)[None]


@dataclass(frozen=True)
class Mixture:
    """How near a class is to the `top` likeliest seen ones, mixed by their probability.

    weight (D, Ks), bias (Ks,), seen_vectors (Ks, A), vectors (K, A).
    """

    kind: ClassVar[Kind] = "similarity"
    weight: Tensor
    bias: Tensor
    seen_vectors: Tensor
    vectors: Tensor
    top: int

    def __call__(self, x: Tensor) -> Tensor:
        chance = (x.to(self.weight) @ self.weight + self.bias).softmax(1)
        best, classes = chance.topk(min(self.top, chance.shape[1]))
        kept = torch.zeros_like(chance).scatter(1, classes, best)
        return nearness(kept @ self.seen_vectors, self.vectors, "cosine")[None]


@dataclass(frozen=True)
class DirectAttributes:
    """Log posterior of a class's attributes, each predicted from the image.

    weight (D, A), bias (A,), attributes 0 or 1 (K, A), prior: log of theirs (K,).
    """

    kind: ClassVar[Kind] = "similarity"
    weight: Tensor
    bias: Tensor
    attributes: Tensor
    prior: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        logit = x.to(self.weight) @ self.weight + self.bias
        yes, no = F.logsigmoid(logit), F.logsigmoid(-logit)
        return agreement(yes, no, self.attributes)[None] - self.prior


@dataclass(frozen=True)
class IndirectAttributes:
    """The same, an attribute being as likely as the seen classes that have it.

    weight (D, Ks), bias (Ks,), seen_attributes (Ks, A), attributes (K, A), prior (K,).
    """

    kind: ClassVar[Kind] = "similarity"
    weight: Tensor
    bias: Tensor
    seen_attributes: Tensor
    attributes: Tensor
    prior: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        chance = (x.to(self.weight) @ self.weight + self.bias).softmax(1)
        least = torch.finfo(chance.dtype).tiny  # a probability that underflows is not impossible
        yes = (chance @ self.seen_attributes).clamp(min=least).log()
        no = (chance @ (1 - self.seen_attributes)).clamp(min=least).log()
        return agreement(yes, no, self.attributes)[None] - self.prior


@dataclass(frozen=True)
class Network:
    """How near a class vector is to tanh(x W1) W2; W1 (S, D, H), W2 (S, H, A), vectors (K, A)."""

    kind: ClassVar[Kind] = "distance"
    w1: Tensor
    w2: Tensor
    vectors: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        return nearness((x.to(self.w1) @ self.w1).tanh() @ self.w2, self.vectors, "euclidean")


@dataclass(frozen=True)
class Gated(Network):
    """A network whose images are seen or unseen by how likely the seen classes make them.

    A seen class's score is its lead over the best seen class (so at most 0) plus the seen-ness of
    the image; an unseen one's is its lead over the best unseen class. So a seen class is answered
    where seen-ness is above 0, and a handicap for seen classes (calibrated stacking) moves the
    threshold of the gate and nothing else.

    seen (K,); spread: variance of the images about each seen class's vector, (S, Ks);
    threshold: the log-density at which seen-ness is 0, (S,).
    """

    kind: ClassVar[Kind] = "similarity"
    seen: Tensor
    spread: Tensor
    threshold: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        near = super().__call__(x)
        best_seen, best_unseen = (near[..., side].amax(-1) for side in (self.seen, ~self.seen))
        seen = near - best_seen[..., None] + self.seenness(near)[..., None]
        return torch.where(self.seen, seen, near - best_unseen[..., None])

    def seenness(self, near: Tensor) -> Tensor:
        """Log-density under the likeliest seen class, less the threshold; (S, B, K) -> (S, B)."""
        spread = self.spread[:, None]
        norm = self.vectors.shape[1] / 2 * (2 * math.pi * spread).log()
        return (near[..., self.seen] / (2 * spread) - norm).amax(-1) - self.threshold[:, None]


def nearness(z: Tensor, to: Tensor, metric: Metric) -> Tensor:
    """The cosine, or the negated squared distance: z (..., B, A), to (K, A) -> (..., B, K)."""
    if metric == "cosine":
        return F.normalize(z, dim=-1) @ F.normalize(to, dim=-1).T
    lengths = z.square().sum(-1, keepdim=True) + to.square().sum(-1)
    return (2 * z @ to.T - lengths).clamp(max=0)  # rounding may leave a distance below 0


def agreement(yes: Tensor, no: Tensor, attributes: Tensor) -> Tensor:
    """Sum of log-probabilities of the attributes' values: (B, A), (K, A) of 0 or 1 -> (B, K)."""
    return yes @ attributes.T + no @ (1 - attributes).T


SCORERS: dict[str, type[Any]] = {
    scorer.__name__: scorer
    for scorer in (
        Compatibility,
        Nearest,
        NearestImage,
        Mixture,
        DirectAttributes,
        IndirectAttributes,
        Network,
        Gated,
    )
}
