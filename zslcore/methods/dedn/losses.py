"""The losses of DEDN, in the form of the paper and in that of its code; each gives (S,)."""

from math import log
from typing import Literal

import torch
from torch import Tensor

from zslcore.methods.dedn.config import Loss
from zslcore.nn.attribute_loss import attribute_loss


def pair_loss(x: Tensor, y: Tensor, form: Literal["paper", "code"]) -> Tensor:
    """How far two outputs are from each other, eqs. 7 and 12: a divergence and a distance.

    Args:
        x: (S, B, n).
        y: (S, B, n).
        form: paper = symmetrised KL and squared length of the difference; code = Jensen-Shannon
            and sum |d|^3 / ||d||.
    """
    p, q = x.log_softmax(-1), y.log_softmax(-1)
    if form == "paper":
        return (_kl(p, q) + _kl(q, p)) / 2 + (x - y).square().sum(-1).mean(-1)
    middle = torch.logaddexp(p, q) - log(2)
    return (_kl(p, middle) + _kl(q, middle)) / 2 + attribute_loss(x, y, "weighted_l1")


def classification_loss(scores: Tensor, y: Tensor, seen: Tensor, cfg: Loss) -> Tensor:
    """Cross-entropy over all classes; margin-aware (MAL), with the offsets of eq. 15.

    Args:
        scores: P without margin, (S, B, K).
        y: classes, (S, B).
        seen: bool, (K,).
        cfg: `margin` is epsilon; the true class has `true_margin` of it, other seen classes -1.
    """
    if cfg.classification == "mal":
        scores = scores + cfg.margin * seen
        true = torch.full_like(scores[..., :1], -(1 + cfg.true_margin) * cfg.margin)
        scores = scores.scatter_add(-1, y.unsqueeze(-1), true)
    own = scores.log_softmax(-1).gather(-1, y.unsqueeze(-1))
    return -own.squeeze(-1).mean(-1)


def self_calibration_loss(scores: Tensor, seen: Tensor) -> Tensor:
    """Minus the log of the probability that the batch gives unseen classes; code, DAZLE's.

    Args:
        scores: P with its margin, (S, B, K).
        seen: bool, (K,).
    """
    unseen = scores.log_softmax(-1)[..., ~seen].logsumexp(-1)
    return log(unseen.shape[-1]) - unseen.logsumexp(-1)


def with_margin(scores: Tensor, seen: Tensor, margin: float) -> Tensor:
    """PM of eq. 14, (..., K): `margin` off the scores of seen classes, and onto unseen ones'."""
    return scores + torch.where(seen, -margin, margin)


def _kl(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) of log-probabilities, summed over the last axis, mean over the batch."""
    return (p.exp() * (p - q)).sum(-1).mean(-1)
