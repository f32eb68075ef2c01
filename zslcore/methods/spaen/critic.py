"""D, which tells F(x) from E(x), and the gradients of its loss without autograd.

For D(z) = w2 . phi(z W1 + b1) + b2 with phi = leaky ReLU, phi'' = 0 almost everywhere, so the
gradient of the penalty E (|grad D| - 1)^2 has a closed form: with s = phi' between F(x) and E(x),
q = s * w2 and g = q W1', it is u' q for W1 and s * (u W1) for w2, where
u = 2 (|g| - 1) / |g| g / B, and 0 for both biases.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu

from zslcore.methods.spaen.config import Adversarial
from zslcore.methods.spaen.networks import NAMES, Head

TINY = 1e-12


@dataclass(frozen=True)
class Pairs:
    """What D is to tell apart; of the same images.

    Attributes:
        f, e: F(x) and E(x), (S, B, A).
        u: in [0, 1), (S, B, 1): how far from F(x) towards E(x) the gradient is looked at.
        size: images of the whole batch, of which B may be one process's part.
    """

    f: Tensor
    e: Tensor
    u: Tensor
    size: int


def realness(d: Head, z: Tensor, cfg: Adversarial) -> Tensor:
    """What D says of embeddings (S, B, A), (S, B); the sigmoid of it for the code's critic."""
    found = d(z).squeeze(-1)
    return found.sigmoid() if cfg.critic == "sigmoid" else found


@torch.no_grad()
def gradients(d: Head, pairs: Pairs, cfg: Adversarial) -> tuple[Tensor, Tensor]:
    """Set the gradients of D's loss on its parameters.

    weight (E D(E(x)) - E D(F(x)) + gp E (|grad D| - 1)^2), eq. 4 in the form of Gulrajani et al.
    2017, https://arxiv.org/abs/1704.00028; the penalty is on D before its sigmoid (code), and
    there is none under control "clip" (Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875).

    Returns:
        The estimate E D(F(x)) - E D(E(x)) and the raw penalty, (S,) each; this process's part.
    """
    both = torch.cat((pairs.f, pairs.e), 1)
    hidden = torch.baddbmm(d.b1, both, d.w1)
    active = leaky_relu(hidden, d.slope)
    logit = torch.baddbmm(d.b2, active, d.w2)
    value, steep = logit, torch.ones_like(logit)
    if cfg.critic == "sigmoid":
        value = logit.sigmoid()
        steep = value * (1 - value)
    on_f, on_e = value.split(pairs.f.shape[1], 1)
    pull = steep * (cfg.weight / pairs.size)
    pull[:, : pairs.f.shape[1]].neg_()
    back = pull * d.w2.mT * _slope(hidden, d.slope)
    of = {"w2": active.mT @ pull, "b2": pull.sum(1, True), "b1": back.sum(1, True)}
    penalty = torch.zeros_like(d.b2[:, 0, 0])
    if cfg.control == "penalty":
        penalty, u, q, of_w2 = _penalty(d, pairs, hidden, cfg)
        of["w2"] += of_w2
        both, back = torch.cat((both, u), 1), torch.cat((back, q), 1)
    of["w1"] = both.mT @ back
    for name in NAMES:
        getattr(d, name).grad = of[name]
    return (on_f - on_e).sum((1, 2)) / pairs.size, penalty


def clamp(d: Head, cfg: Adversarial) -> None:
    """Cut D's parameters off at +-clip, under control "clip"; called after every step of D."""
    if cfg.control == "clip":
        with torch.no_grad():
            for each in d.parameters():
                each.clamp_(-cfg.clip, cfg.clip)


def _penalty(
    d: Head, pairs: Pairs, hidden: Tensor, cfg: Adversarial
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The penalty (S,); u (S, B, A) and q (S, B, H), whose product is W1's gradient; w2's."""
    on_f, on_e = hidden.split(pairs.f.shape[1], 1)
    s = _slope(torch.lerp(on_f, on_e, pairs.u), d.slope)  # the hidden layer is linear in z
    q = s * d.w2.mT
    g = q @ d.w1.mT
    length = g.norm(dim=-1, keepdim=True).clamp_min(TINY)
    u = cfg.weight * cfg.gp * 2 / pairs.size * (1 - 1 / length) * g
    raw = (length - 1).square().sum((1, 2)) / pairs.size
    return raw, u, q, (s * (u @ d.w1)).sum(1)[..., None]


def _slope(hidden: Tensor, slope: float) -> Tensor:
    """Leaky ReLU's derivative."""
    return (hidden > 0).to(hidden).mul_(1 - slope).add_(slope)
