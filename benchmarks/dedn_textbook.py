"""DEDN the plain way: one seed, a module per sub-network, einsum, autograd for everything.

What the lean form of `zslcore.methods.dedn` must equal, and is measured against.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Setting:
    """What the terms of the loss are and weigh, named as in params.yaml."""

    experts: str
    branches: str
    rank: int
    train_vectors: bool
    training_lambda_rc: float | None
    classification: str
    margin: float
    true_margin: float
    pair: str
    align: float
    distill: float
    self_calibration: float


@dataclass(frozen=True)
class Classes:
    """Unit class vectors in the natural order of attributes, (K, D), and which are seen, (K,)."""

    vectors: Tensor
    seen: Tensor


class Dan(nn.Module):
    """A dual attention network over some attributes, vectors (d, G)."""

    def __init__(self, vectors: Tensor, regions: int, channels: int, s: Setting) -> None:
        super().__init__()
        g = vectors.shape[1]
        self.v = nn.Parameter(F.normalize(vectors), requires_grad=s.train_vectors)
        if s.branches != "channel":
            if s.rank:
                self.w1_left = nn.Parameter(torch.randn(g, s.rank))
                self.w1_right = nn.Parameter(torch.randn(s.rank, channels))
            else:
                self.w1 = nn.Parameter(torch.randn(g, channels))
            self.w2 = nn.Parameter(torch.zeros(g, channels))
        if s.branches != "region":
            self.w3 = nn.Parameter(torch.randn(g, regions))
            self.w4 = nn.Parameter(torch.zeros(g, regions))

    def forward(self, f: Tensor) -> dict[str, Tensor]:
        """Maps (B, C, R) -> O_r and O_c, (B, d) each."""
        found = {}
        if hasattr(self, "w2"):
            w1 = self.w1 if hasattr(self, "w1") else self.w1_left @ self.w1_right
            s = torch.einsum("dg,gc,bcr->bdr", self.v, w1, f)
            a = torch.einsum("dg,gc,bcr->bdr", self.v, self.w2, f).softmax(2)
            found["region"] = torch.einsum("bdr,bdr->bd", a, s)
        if hasattr(self, "w4"):
            s = torch.einsum("dg,gr,bcr->bdc", self.v, self.w3, f)
            a = torch.einsum("dg,gr,bcr->bdc", self.v, self.w4, f).softmax(2)
            found["channel"] = torch.einsum("bdc,bdc->bd", a, s)
        return found


class Textbook(nn.Module):
    """Both experts of one seed.

    Args:
        vectors: of the attributes, (D, G).
        clusters: the attributes of each.
        shape: R and C.
        classes: as above.
        s: settings.
    """

    def __init__(
        self,
        vectors: Tensor,
        clusters: Sequence[Tensor],
        shape: tuple[int, int],
        classes: Classes,
        s: Setting,
    ) -> None:
        super().__init__()
        self.classes, self.s = classes, s
        self.natural = torch.cat(tuple(clusters)).argsort()
        self.experts = nn.ModuleDict()
        if s.experts != "fine":
            self.experts["coarse"] = nn.ModuleList([Dan(vectors, *shape, s)])
        if s.experts != "coarse":
            self.experts["fine"] = nn.ModuleList([Dan(vectors[c], *shape, s) for c in clusters])

    def forward(self, f: Tensor) -> dict[str, dict[str, Tensor]]:
        """Maps (B, C, R) -> what each expert's branches say, (B, D), natural order."""
        f, found = F.normalize(f, dim=1), {}
        for name, networks in self.experts.items():
            parts = [network(f) for network in networks]
            whole = {b: torch.cat([part[b] for part in parts], 1) for b in parts[0]}
            found[name] = (
                whole if name == "coarse" else {b: o[:, self.natural] for b, o in whole.items()}
            )
        return found

    def loss(self, f: Tensor, y: Tensor) -> Tensor:
        """Eqs. 16 to 18, and the self-calibration of the code."""
        s, seen = self.s, self.classes.seen
        margin = torch.where(seen, -s.margin, s.margin)
        loss, scores = torch.zeros(()).to(f), []
        for o in self(f).values():
            p = self._together(o) @ self.classes.vectors.T
            scores.append(p)
            loss = loss + F.cross_entropy(p + self._offsets(y), y)
            if len(o) == 2:
                loss = loss + s.align * pair(o["region"], o["channel"], s.pair)
            if s.self_calibration:
                unseen = (p + margin).softmax(1)[:, ~seen].sum(1)
                loss = loss - s.self_calibration * unseen.mean().log()
        if len(scores) == 2:
            shown = [p + margin if s.pair == "code" else p for p in scores]
            loss = loss + s.distill * pair(*shown, s.pair)
        return loss

    def _together(self, o: dict[str, Tensor]) -> Tensor:
        if len(o) == 1:
            (alone,) = o.values()
            return alone
        if self.s.training_lambda_rc is None:
            return o["region"] + o["channel"]
        return torch.lerp(o["channel"], o["region"], self.s.training_lambda_rc)

    def _offsets(self, y: Tensor) -> Tensor:
        """Of eq. 15, (B, K): -2 epsilon or so, epsilon, 0."""
        s, offsets = self.s, torch.zeros(len(y), len(self.classes.seen)).to(self.classes.vectors)
        if s.classification == "mal":
            offsets[:, self.classes.seen] = s.margin
            offsets[torch.arange(len(y)), y] = -s.true_margin * s.margin
        return offsets


def pair(x: Tensor, y: Tensor, form: str) -> Tensor:
    """Divergence and distance of eqs. 7 and 12, as printed or as in the code."""
    a, b, d = x.softmax(1), y.softmax(1), x - y
    if form == "paper":
        return (kl(a, b) + kl(b, a)) / 2 + (d**2).sum(1).mean()
    m = (a + b) / 2
    return (kl(a, m) + kl(b, m)) / 2 + (d.abs() ** 3 / d.norm(dim=1, keepdim=True)).sum(1).mean()


def kl(a: Tensor, b: Tensor) -> Tensor:
    """KL(a || b), mean over the batch."""
    return (a * (a.log() - b.log())).sum(1).mean()
