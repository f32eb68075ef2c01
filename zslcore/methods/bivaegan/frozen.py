"""Trained networks in use: synthetic features, and the augmented space of the classifiers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.draws import jittered
from zslcore.methods.bivaegan.generation import make
from zslcore.methods.bivaegan.networks import Values, regress
from zslcore.methods.bivaegan.products import Products
from zslcore.methods.bivaegan.space import Space
from zslcore.nn.streams import Streams

CHUNK = 1024  # images that are made, looked at or scored at a time


@dataclass(frozen=True)
class Frozen:
    """The networks of S seeds at one moment.

    Attributes:
        nets: parameters, by network.
        space: how features are scaled.
        vectors: class vectors of unit length, (K, A).
        unseen: class ids, (U,).
        cfg: settings.
    """

    nets: Mapping[str, Values]
    space: Space
    vectors: Tensor
    unseen: Tensor
    cfg: Config

    @property
    def seeds(self) -> int:
        """S."""
        return len(self.nets["g"]["z"])

    def of(self, seeds: slice) -> Self:
        """The networks of some of the seeds."""
        nets = {n: {k: v[seeds] for k, v in each.items()} for n, each in self.nets.items()}
        return replace(self, nets=nets)

    @property
    def mm(self) -> Products:
        """Matrix products in the precision of the settings."""
        return Products(self.cfg.precision)

    @torch.no_grad()
    def synthesise(self, per_class: int, streams: Streams) -> tuple[Tensor, Tensor]:
        """As many features of every unseen class: (S, U M, V), and positions (U M,) of classes."""
        y = torch.arange(len(self.unseen), device=self.unseen.device).repeat_interleave(per_class)
        feedback = self.cfg.feedback.synthesis if "f" in self.nets else 0.0
        size = self.nets["g"]["z"].shape[1]
        made = []
        for part in y.split(CHUNK):
            a = self.vectors[self.unseen[part]].expand(self.seeds, -1, -1)
            a = jittered(a, self.cfg.jitter.synthesis, streams)
            z = streams.normal(len(part), size)
            made.append(make(self.nets, self.space, z, a, self.mm, feedback)[0])
        return torch.cat(made, 1), y

    @torch.no_grad()
    def augmented(self, v: Tensor) -> Tensor:
        """Features (S or 1, N, V) -> [v, h, R(v)], (S, N, V + H + A): what classifiers see."""
        v = v.expand(self.seeds, -1, -1)
        if "r" not in self.nets or not self.cfg.augment:
            return v
        seen = (self._with_regressor(part) for part in v.split(CHUNK, 1))
        return torch.cat(list(seen), 1)

    def _with_regressor(self, v: Tensor) -> Tensor:
        predicted, hidden = regress(self.nets["r"], v, self.mm)
        return torch.cat((v, hidden, predicted), -1)

    @torch.no_grad()
    def nearest(self, v: Tensor) -> Tensor:
        """The unseen class whose vector is nearest to R(v): (S or 1, N, V) -> positions (S, N)."""
        v = v.expand(self.seeds, -1, -1)
        parts = (regress(self.nets["r"], x, self.mm)[0] for x in v.split(CHUNK, 1))
        predicted = torch.cat(list(parts), 1)
        return (predicted @ self.vectors[self.unseen].T).argmax(-1)


def groups(seeds: int, bytes_per_seed: int, budget: int) -> Iterator[slice]:
    """Seeds that are worked on together, so that what they need fits into `budget` bytes."""
    size = max(1, min(seeds, budget // max(bytes_per_seed, 1)))
    for start in range(0, seeds, size):
        yield slice(start, min(start + size, seeds))
