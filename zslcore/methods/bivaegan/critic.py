"""One step of a Wasserstein critic with gradient penalty, without autograd.

For a critic f(v, a) = w . phi(v V + a A + b) with phi = LeakyReLU, phi'' = 0 almost everywhere, so
the gradient of the penalty E (|grad f| - 1)^2 has a closed form: with s = phi' between real and
fake, q = s * w and g = q V', it is u' q for V and s * (u V) for w, where
u = 2 (|g| - 1) / |g| g / B. Two forward products, one for g, one for u V, and one for the whole
gradient of V, against some thirteen of autograd's double backward (Gulrajani et al. 2017).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from zslcore.methods.bivaegan.networks import SLOPE, activate
from zslcore.methods.bivaegan.products import Products
from zslcore.methods.bivaegan.space import Space
from zslcore.methods.bivaegan.weights import Weights

TINY = 1e-12


@dataclass(frozen=True)
class Pairs:
    """What a critic tells apart.

    Attributes:
        real, fake: (S, B, V).
        t: in [0, 1), (S, B, 1): where between them the gradient is looked at.
        a: class vectors (S, B, A) that real and fake share, or None.
    """

    real: Tensor
    fake: Tensor
    t: Tensor
    a: Tensor | None = None

    def at(self, step: int) -> "Pairs":
        """One of C batches, of pairs (S, C, B, ..)."""
        a = None if self.a is None else self.a[:, step]
        return Pairs(self.real[:, step], self.fake[:, step], self.t[:, step], a)


def critic_step(
    d: Weights, pairs: Pairs, space: Space, penalty: Tensor | float, mm: Products, weight: float = 1
) -> tuple[Tensor, Tensor]:
    """Minimise weight (E f(fake) - E f(real)) + penalty E (|grad f| - 1)^2 by one step.

    Bi-VAEGAN eqs. 3, 5 and 6, with the penalty's sign set right.

    Args:
        d: the critic.
        pairs: real and fake.
        space: where points between real and fake lie.
        penalty: lambda, (S,) or one number.
        mm: matrix products.
        weight: of the Wasserstein term.

    Returns:
        The Wasserstein estimate E f(real) - E f(fake), and the raw penalty; (S,) each, before
        the step.
    """
    estimate, raw = gradients(d, pairs, space, penalty, mm, weight)
    d.step()
    return estimate, raw


def gradients(
    d: Weights, pairs: Pairs, space: Space, penalty: Tensor | float, mm: Products, weight: float = 1
) -> tuple[Tensor, Tensor]:
    """Write the gradients of the critic's loss into `d.grad`; see `critic_step`."""
    real, fake, t = pairs.real, pairs.fake, pairs.t
    images = real.shape[1]
    v, out = mm.cast(d["v"]), d["out"]
    on_real, on_fake = mm(torch.cat((real, fake), 1), v).split(images, 1)
    shift = d["b"] if pairs.a is None else mm(pairs.a, d["a"]) + d["b"]
    between = space.pull(real, fake, t) * torch.lerp(on_fake, on_real, t) + shift
    on_real, on_fake = on_real + shift, on_fake + shift

    steep = slope(between)
    q = steep * out
    g = mm(q, v.mT)
    length = g.norm(dim=-1, keepdim=True).clamp_min(TINY)
    scale = penalty.view(-1, 1, 1) if isinstance(penalty, Tensor) else penalty
    u = scale * 2 / images * (1 - 1 / length) * g

    share = weight / images
    pulled = torch.cat((-share * slope(on_real) * out, share * slope(on_fake) * out), 1)
    mm.into(d.grad["v"], torch.cat((real, fake, u), 1).mT, torch.cat((pulled, q), 1))
    real_act, fake_act = activate(on_real).mean(1, True), activate(on_fake).mean(1, True)
    d.grad["out"].copy_(weight * (fake_act - real_act) + (steep * mm(u, v)).sum(1, True))
    both = pulled[:, :images] + pulled[:, images:]
    d.grad["b"].copy_(both.sum(1, True))
    if pairs.a is not None:
        mm.into(d.grad["a"], pairs.a.mT, both)
    return ((real_act - fake_act) * out).sum((1, 2)), (length - 1).square().mean((1, 2))


def slope(hidden: Tensor) -> Tensor:
    """LeakyReLU's derivative."""
    return (hidden > 0).to(hidden).mul_(1 - SLOPE).add_(SLOPE)
