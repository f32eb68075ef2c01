"""From images to scores: what a baseline is once it is trained.

Each is a frozen set of tensors and plain values, called with x (B, D) and returning (S, B, K), and
computes in the precision of its tensors. `kind` is that of `zslcore.methods.Model`; Ks is the
number of seen classes. `of(vectors, seen)` is the same scorer for other classes, told by their
vectors (K, A), scaled and on its device as those of training were: nothing is trained for them.
"""

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, Self

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

    def of(self, vectors: Tensor, seen: Tensor) -> Self: ...


@dataclass(frozen=True)
class Compatibility:
    """The best of L linear scores of each class; weight (S, L, D, K).

    maps (S, L, D, A): what takes class vectors to weights.
    """

    kind: ClassVar[Kind] = "similarity"
    weight: Tensor
    maps: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        return (x.to(self.weight) @ self.weight).amax(1)

    def of(self, vectors: Tensor, seen: Tensor) -> Self:
        return replace(self, weight=self.maps @ vectors.to(self.maps).T)


@dataclass(frozen=True)
class Synthesised(Compatibility):
    """The same, of classes that are mixtures of phantoms; maps (S, L, D, Ks).

    phantoms (Ks, A); width (): squared distance at which a phantom's share falls by e.
    """

    phantoms: Tensor
    width: Tensor

    def of(self, vectors: Tensor, seen: Tensor) -> Self:
        return super().of(shares(vectors, self.phantoms, self.width), seen)


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

    def of(self, vectors: Tensor, seen: Tensor) -> Self:
        return replace(self, vectors=vectors)


@dataclass(frozen=True)
class NearestImage:
    """How near an image is to the one expected of a class; prototypes (K, D).

    map (A, D): what takes class vectors to prototypes.
    """

    prototypes: Tensor
    map: Tensor
    metric: Metric

    @property
    def kind(self) -> Kind:
        return KINDS[self.metric]

    def __call__(self, x: Tensor) -> Tensor:
        return nearness(x.to(self.prototypes), self.prototypes, self.metric)[None]

    def of(self, vectors: Tensor, seen: Tensor) -> Self:
        return replace(self, prototypes=vectors @ self.map)


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

    def of(self, vectors: Tensor, seen: Tensor) -> Self:
        return replace(self, vectors=vectors)


@dataclass(frozen=True)
class Described:
    """Classes that have an attribute or have it not; A' of A attributes are asked for.

    attributes 0 or 1 (K, A'); prior: log-probability of a class's values (K,); middle (A,): above
    it an attribute is there; kept: which are asked for, bool (A,); chance of each (A',).
    """

    attributes: Tensor
    prior: Tensor
    middle: Tensor
    kept: Tensor
    chance: Tensor

    def of(self, vectors: Tensor, seen: Tensor) -> Self:
        attributes = binary(vectors, self.middle, self.kept)
        prior = log_prior(attributes, self.chance)
        return replace(self, attributes=attributes, prior=prior)


@dataclass(frozen=True)
class DirectAttributes(Described):
    """Log posterior of a class's attributes, each predicted from the image.

    weight (D, A'), bias (A',).
    """

    kind: ClassVar[Kind] = "similarity"
    weight: Tensor
    bias: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        logit = x.to(self.weight) @ self.weight + self.bias
        yes, no = F.logsigmoid(logit), F.logsigmoid(-logit)
        return agreement(yes, no, self.attributes)[None] - self.prior


@dataclass(frozen=True)
class IndirectAttributes(Described):
    """The same, an attribute being as likely as the seen classes that have it.

    weight (D, Ks), bias (Ks,), seen_attributes (Ks, A').
    """

    kind: ClassVar[Kind] = "similarity"
    weight: Tensor
    bias: Tensor
    seen_attributes: Tensor

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

    def of(self, vectors: Tensor, seen: Tensor) -> Self:
        return replace(self, vectors=vectors.to(self.vectors))


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

    def of(self, vectors: Tensor, seen: Tensor) -> Self:
        return replace(super().of(vectors, seen), seen=seen)

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


def binary(vectors: Tensor, middle: Tensor, kept: Tensor) -> Tensor:
    """Which of the attributes that are kept a class has, 0 or 1: (K, A), (A,), (A,) -> (K, A')."""
    return (vectors > middle)[:, kept].double()


def log_prior(attributes: Tensor, chance: Tensor) -> Tensor:
    """log p(a) of each class's attributes, (K, A') of 0 or 1, by their chances (A',) -> (K,)."""
    return agreement(chance.log(), (1 - chance).log(), attributes)


def shares(vectors: Tensor, phantoms: Tensor, width: Tensor) -> Tensor:
    """How much of each phantom is in each class, (K, A), (Ks, A) -> (K, Ks); rows sum to 1."""
    return (-torch.cdist(vectors, phantoms).square() / width).softmax(1)


SCORERS: dict[str, type[Any]] = {
    scorer.__name__: scorer
    for scorer in (
        Compatibility,
        Synthesised,
        Nearest,
        NearestImage,
        Mixture,
        DirectAttributes,
        IndirectAttributes,
        Network,
        Gated,
    )
}
