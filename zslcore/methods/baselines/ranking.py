"""Bilinear scores xWs trained to rank an image's class first, by stochastic gradient descent.

    devise   Frome et al. 2013, https://papers.nips.cc/paper/5204: every violation counts
    ale      Akata et al. 2016, https://arxiv.org/abs/1503.08677: weighted by the class's rank
    sje      Akata et al. 2015, https://arxiv.org/abs/1409.8403: the worst violation
    latem    Xian et al. 2016, https://arxiv.org/abs/1603.08895: a random one, best of L matrices

A wrong class violates by margin + its score - the own class's score, if that is positive. Here all
seen classes are scored in every step (so ALE's rank is exact, not sampled), a step takes a batch
instead of one image, and the learning rate falls linearly to 0.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from zslcore.methods.baselines.prepared import Prepared
from zslcore.methods.baselines.scorers import Compatibility
from zslcore.nn.streams import Streams, check_finite

Weigh = Callable[[Tensor, Streams], Tensor]
"""Violations (S, B, Ks), -inf at the own class -> their weights in the loss, (S, B, Ks)."""


class Descent(NamedTuple):
    """A setting of params.yaml."""

    lr: float
    margin: float
    epochs: int
    batch_size: int
    matrices: int = 1


def each(violation: Tensor, streams: Streams) -> Tensor:
    """DeViSE: 1 for every violation."""
    return (violation > 0).to(violation)


def by_rank(violation: Tensor, streams: Streams) -> Tensor:
    """ALE: (1 + 1/2 + ... + 1/r) / r for each of r violations."""
    wrong = each(violation, streams)
    rank = wrong.sum(-1, keepdim=True)
    harmonic = (1 / torch.arange(1, wrong.shape[-1] + 1).to(wrong)).cumsum(0)
    return wrong * harmonic[rank.long() - 1] / rank.clamp(min=1)


def worst(violation: Tensor, streams: Streams) -> Tensor:
    """SJE: 1 for the largest violation."""
    return each(violation, streams) * _one_hot(violation.argmax(-1), violation)


def drawn(violation: Tensor, streams: Streams) -> Tensor:
    """LATEM: 1 for one wrong class, drawn evenly, if it violates."""
    lot = streams.uniform(*violation.shape[1:]).masked_fill(violation.isneginf(), -1)
    return each(violation, streams) * _one_hot(lot.argmax(-1), violation)


def fit(data: Prepared, *, weigh: Weigh, **setting: Any) -> Compatibility:
    """One model per seed, all trained side by side.

    Raises:
        Diverged: the loss is not finite.
    """
    maps = train(data, weigh, Descent(**setting))
    return Compatibility(maps @ data.vectors.to(maps).T, maps)


def train(data: Prepared, weigh: Weigh, how: Descent) -> Tensor:
    """W of every seed, (S, L, D, A)."""
    streams, vectors = Streams(data.run), data.seen_vectors.float()
    images, size = data.x.shape
    weight = streams.normal(how.matrices, size, vectors.shape[1]) / size**0.5
    losses = []
    for rows, ahead in streams.batches(images, how.batch_size, how.epochs):
        x = data.x[rows][:, None]
        scores = x @ (weight @ vectors.T)
        loss, slope = margin_loss(scores, data.own[rows], how.margin, weigh, streams)
        weight -= how.lr * ahead * (x.mT @ slope @ vectors)
        losses.append(loss)
    check_finite(losses)
    return weight


def margin_loss(
    scores: Tensor, own: Tensor, margin: float, weigh: Weigh, streams: Streams
) -> tuple[Tensor, Tensor]:
    """The mean loss of each seed's batch, (S,), and its gradient by the scores.

    Args:
        scores: of every matrix, (S, L, B, Ks); the largest over L is the class's score.
        own: True at the image's class, (S, B, Ks).
    """
    best, winner = scores.max(1)
    right = (best * own).sum(-1, keepdim=True)
    violation = (margin + best - right).masked_fill(own, -math.inf)
    weight = weigh(violation, streams) / own.shape[1]
    loss = (weight * violation.clamp(min=0)).sum((1, 2))
    slope = weight - own * weight.sum(-1, keepdim=True)
    return loss, torch.zeros_like(scores).scatter(1, winner[:, None], slope[:, None])


def _one_hot(classes: Tensor, like: Tensor) -> Tensor:
    return F.one_hot(classes, like.shape[-1]).to(like)
