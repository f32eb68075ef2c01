"""From class vectors to embeddings: primitives that attention assembles (PADing, eq. 1), or GMMN.

Where paper and code differ, `self_attention` and `combine` choose; see `Primitives` in config.py.
"""

import torch
from torch import Tensor, nn

from zslcore.methods.pading import config

SLOPE = 0.2  # of LeakyReLU below 0; code


class Generator(nn.Module):
    """What both generators can do."""

    def forward(self, a: Tensor, group: Tensor) -> Tensor:
        """Embeddings with fresh noise for class vectors.

        Args:
            a: (n, s), one row per embedding.
            group: integers, (n,): embeddings of one group may depend on each other, never on
                those of another.

        Returns:
            (n, d).
        """
        raise NotImplementedError


class PrimitiveGenerator(Generator):
    """Class vectors ask, primitives answer.

    Args:
        classes: s, numbers of a class vector.
        size: d, those of an embedding and of a primitive.
        cfg: settings.
    """

    def __init__(self, classes: int, size: int, cfg: config.Primitives) -> None:
        super().__init__()
        self.among_queries = cfg.self_attention == "queries"
        self.project = nn.Linear(classes, size)
        self.primitives = nn.Parameter(torch.randn(cfg.count, size))
        self.looks = nn.ModuleList(Look(size, cfg) for _ in range(cfg.layers))
        code, inner = cfg.combine == "code", cfg.layers - 1
        ends = [Block(size, cfg) if code else Residual(size) for _ in range(inner)]
        last = Block(size, cfg) if code else Sum(size, cfg.noise)
        self.ends = nn.ModuleList([*ends, last])
        self.norm = nn.LayerNorm(size) if code else nn.Identity()

    def forward(self, a: Tensor, group: Tensor) -> Tensor:
        """As `Generator.forward`; groups matter only to queries that attend to each other."""
        others = group[:, None] != group if self.among_queries else None
        start = queries = self.project(a)
        primitives = self.primitives
        for look, end in zip(self.looks, self.ends, strict=True):
            queries, primitives, found = look(queries, primitives, others)
            queries = end(queries, found, start)
        return self.norm(queries)


class Look(nn.Module):
    """Self-attention of the primitives (paper) or the queries (code), then of these to those."""

    def __init__(self, size: int, cfg: config.Primitives) -> None:
        super().__init__()
        self.among_queries = cfg.self_attention == "queries"
        self.among = nn.MultiheadAttention(size, cfg.heads, cfg.dropout)
        self.norm = nn.LayerNorm(size)
        self.across = nn.MultiheadAttention(size, cfg.heads, cfg.dropout)

    def forward(
        self, queries: Tensor, primitives: Tensor, others: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Queries (n, d) and primitives (N, d), one of them changed; what queries find, (n, d).

        Args:
            queries: one per embedding.
            primitives: keys and values.
            others: True where a query must not attend to another, (n, n).
        """
        if self.among_queries:
            queries = self._related(queries, others)
        else:
            primitives = self._related(primitives, None)
        found, _ = self.across(queries, primitives, primitives, need_weights=False)
        return queries, primitives, found

    def _related(self, x: Tensor, mask: Tensor | None) -> Tensor:
        found, _ = self.among(x, x, x, attn_mask=mask, need_weights=False)
        return self.norm(x + found)


class Residual(nn.Module):
    """The end of a layer before the last (paper, which does not say)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(size)

    def forward(self, queries: Tensor, found: Tensor, start: Tensor) -> Tensor:
        """The next queries, (n, d)."""
        del start
        return self.norm(queries + found)


class Sum(nn.Module):
    """The end of eq. 1: w_1 (attention + A + Z), A being projected to the size of embeddings."""

    def __init__(self, size: int, noise: float) -> None:
        super().__init__()
        self.w1, self.noise = nn.Linear(size, size), noise

    def forward(self, queries: Tensor, found: Tensor, start: Tensor) -> Tensor:
        """Embeddings, (n, d)."""
        del queries
        return self.w1(found + start + self.noise * torch.randn_like(found))


class Block(nn.Module):
    """The end of a layer in the code: residual, noise, norm; feed-forward, residual, norm."""

    def __init__(self, size: int, cfg: config.Primitives) -> None:
        super().__init__()
        self.noise, self.dropout = cfg.noise, nn.Dropout(cfg.dropout)
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(2))
        self.widen = nn.Linear(size, cfg.feed_forward)
        self.narrow = nn.Linear(cfg.feed_forward, size)

    def forward(self, queries: Tensor, found: Tensor, start: Tensor) -> Tensor:
        """The next queries, (n, d)."""
        del start
        noise = self.noise * torch.randn_like(found)
        queries = self.norms[0](queries + self.dropout(found) + noise)
        inner = self.dropout(self.widen(queries).relu())
        return self.norms[1](queries + self.dropout(self.narrow(inner)))


class Gmmn(Generator):
    """Generative moment matching network, as in ZS3Net: the baseline of Tables 1 and 2.

    Args:
        classes: s, numbers of a class vector.
        size: d, those of an embedding.
        cfg: settings.
    """

    def __init__(self, classes: int, size: int, cfg: config.Gmmn) -> None:
        super().__init__()
        self.noise = cfg.noise
        first, second = nn.Linear(classes + cfg.noise, cfg.hidden), nn.Linear(cfg.hidden, size)
        for layer in (first, second):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.constant_(layer.bias, 0.01)
        self.layers = nn.Sequential(first, nn.LeakyReLU(SLOPE), nn.Dropout(cfg.dropout), second)

    def forward(self, a: Tensor, group: Tensor) -> Tensor:
        """As `Generator.forward`; no embedding depends on another."""
        del group
        noise = torch.randn(len(a), self.noise, dtype=a.dtype, device=a.device)
        found: Tensor = self.layers(torch.cat((a, noise), 1))
        return found


def build(classes: int, size: int, cfg: config.Config) -> Generator | None:
    """The generator that the settings ask for, untrained; None where they ask for none.

    Raises:
        ValueError: the heads do not divide an embedding.
    """
    if cfg.generator == "gmmn":
        return Gmmn(classes, size, cfg.gmmn)
    if cfg.generator != "primitives":
        return None
    if size % (heads := cfg.primitives.heads):
        raise ValueError(
            f"pading.primitives.heads is {heads}, an embedding has {size} numbers: "
            f"choose a divisor of {size}"
        )
    return PrimitiveGenerator(classes, size, cfg.primitives)
