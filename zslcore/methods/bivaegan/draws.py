"""The random batches of training: all of a kind at once, for all seeds, on the device."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from zslcore.methods.bivaegan.prepared import Prepared
from zslcore.nn.streams import Streams


@dataclass(frozen=True)
class Batches:
    """C batches of B images and class vectors for each of S seeds.

    Attributes:
        v, a: seen images (S, C, B, V) and the vectors of their classes (S, C, B, A).
        v_unseen: unlabelled images; None in an inductive phase.
        a_unseen: vectors of unseen classes drawn from the prior, independent of the images.
    """

    v: Tensor
    a: Tensor
    v_unseen: Tensor | None
    a_unseen: Tensor

    def at(self, index: int) -> "Batches":
        """One of the C, without that dimension."""
        v_unseen = None if self.v_unseen is None else self.v_unseen[:, index]
        return Batches(self.v[:, index], self.a[:, index], v_unseen, self.a_unseen[:, index])


def draw(
    data: Prepared, streams: Streams, prior: Tensor, batches: int, size: int, transductive: bool
) -> Batches:
    """Images are drawn with replacement, evenly; classes of unseen vectors from `prior` (S, U)."""
    rows = streams.below(len(data.x), batches, size)
    classes = data.unseen[sample(prior, streams, batches, size)]
    v_unseen = None
    if transductive:
        v_unseen = data.x_unlabeled[streams.below(len(data.x_unlabeled), batches, size)]
    return Batches(data.x[rows], data.vectors[data.y[rows]], v_unseen, data.vectors[classes])


def sample(prior: Tensor, streams: Streams, *shape: int) -> Tensor:
    """Positions of unseen classes, (S, *shape), from a prior (S, U), by its inverse."""
    ends = prior.cumsum(1)
    lots = streams.uniform(*shape).flatten(1) * ends[:, -1:]
    found = torch.searchsorted(ends, lots, right=True).clamp_(max=prior.shape[1] - 1)
    return found.view(-1, *shape)


def jittered(a: Tensor, share: float, streams: Streams) -> Tensor:
    """Class vectors (S, ..., A), entries grown by up to `share` of themselves, of unit length."""
    if share == 0:
        return a
    return F.normalize(a * (1 + share * streams.uniform(*a.shape[1:])), dim=-1)
