"""What of an embedding is related to its class vector, and what is not (PADing, eqs. 3 to 5)."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import kl_div, linear, log_softmax

from zslcore.methods.pading.config import Disentangle, Form
from zslcore.methods.pading.generators import SLOPE


def encoder(inputs: int, hidden: int, outputs: int, form: Form, dropout: float) -> nn.Sequential:
    """E_R or E_U: one hidden layer (paper), or two layers with nothing in between (code)."""
    first, second = nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)
    bend, drop = nn.LeakyReLU(SLOPE), nn.Dropout(dropout)
    order = (first, bend, drop, second) if form == "paper" else (first, second, bend, drop)
    return nn.Sequential(*order)


class RelationNetwork(nn.Module):
    """How related two vectors are, in 0..1: the code's L_R has it in the place of a product.

    Args:
        size: numbers of either vector, and of the hidden layer.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.pair, self.score = nn.Linear(2 * size, size), nn.Linear(size, 1)

    def forward(self, x: Tensor, a: Tensor) -> Tensor:
        """Every row of x (n, d) with every row of a (K, d): (n, K)."""
        of_x, of_a = self.pair.weight.chunk(2, 1)  # never makes the pairs themselves
        hidden = linear(x, of_x)[:, None] + linear(a, of_a, self.pair.bias)
        scores: Tensor = self.score(hidden.relu()).squeeze(-1)
        return scores.sigmoid()


class Disentangler(nn.Module):
    """E_R, E_U, the decoder D and, where the settings ask for it, the relation network.

    Args:
        classes: s, numbers of a class vector; of the related part, too, if L_R is a product.
        size: d, those of an embedding and of all else.
        cfg: settings.
    """

    def __init__(self, classes: int, size: int, cfg: Disentangle) -> None:
        super().__init__()
        related = classes if cfg.relation == "dot" else size
        self.related = encoder(size, size, related, cfg.encoder, cfg.dropout)
        self.unrelated = encoder(size, size, size, cfg.encoder, cfg.dropout)
        self.decoder = nn.Sequential(
            *(nn.Linear(related + size, size), nn.LeakyReLU(SLOPE), nn.Dropout(cfg.dropout)),
            *(nn.Linear(size, size), nn.LeakyReLU(SLOPE), nn.Dropout(cfg.dropout)),
        )
        self.network = RelationNetwork(size) if cfg.relation == "network" else None


def related_loss(scores: Tensor, y: Tensor, candidates: Tensor) -> Tensor:
    """L_R, eq. 3: cross-entropy of each embedding's own class among its candidates.

    Args:
        scores: x_hat . a_k / tau (paper) or relations (code), (n, K).
        y: classes, (n,).
        candidates: bool, (n, K) or (K,); the own class is one.

    Returns:
        (n,).
    """
    kept = scores.masked_fill(~candidates, -torch.inf)
    return -log_softmax(kept, 1).gather(1, y[:, None]).squeeze(1)


def candidates(y: Tensor, seen: Tensor, which: Literal["all", "unseen", "group"]) -> Tensor:
    """The classes that an embedding is told from in L_R, bool (n, K).

    All (paper); for one of an unseen class the unseen ones, and for the others all (code, CLIP), or
    those that are seen (code, word vectors).

    Args:
        y: classes, (n,).
        seen: bool, (K,).
        which: of the three.
    """
    own = seen[y][:, None] == seen
    if which == "group":
        return own
    return own | (seen[y][:, None] if which == "unseen" else torch.ones_like(own))


def moments_loss(x: Tensor) -> Tensor:
    """L_U, eq. 4, as far as a deterministic encoder allows: KL of a batch's moments from N(0, 1).

    The normal with the mean and variance of each dimension is meant; its KL is the sum over them.

    Args:
        x: (n, d).

    Returns:
        ().
    """
    mean, variance = x.mean(0), x.var(0, correction=0)
    # a dimension that does not vary has no logarithm
    log_variance = variance.clamp_min(torch.finfo(x.dtype).eps).log()
    return (mean.square() + variance - log_variance - 1).sum() / 2


def softmax_loss(x: Tensor, noise: Tensor, tau: float) -> Tensor:
    """L_U of the code: KL(noise || x) of softmaxes over the numbers of a vector, divided by tau.

    Args:
        x: (n, d).
        noise: standard normal, (n, d).
        tau: temperature.

    Returns:
        (n,).
    """
    found, target = log_softmax(x / tau, 1), log_softmax(noise / tau, 1)
    return kl_div(found, target, reduction="none", log_target=True).sum(1)


def reconstruction_loss(x: Tensor, found: Tensor, over: Literal["sum", "mean"]) -> Tensor:
    """L_recon, eq. 5: the l1 distance, or its mean over the d numbers (code); (n, d) -> (n,)."""
    error = (x - found).abs()
    return error.sum(1) if over == "sum" else error.mean(1)
