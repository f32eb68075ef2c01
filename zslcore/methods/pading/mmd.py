"""Maximum mean discrepancy between real and generated embeddings (PADing, eq. 2)."""

import torch
from torch import Tensor

from zslcore.methods.pading.config import Mmd

LEAST = 1e-8  # of the square, which rounding may bring below 0; a root's gradient is infinite there


def generator_loss(real: Tensor, fake: Tensor, cfg: Mmd) -> Tensor:
    """L_G: over the whole batch (code; eq. 2 names no class), or the mean over its classes.

    Only the latter, `per_class`, ties an embedding to the class that it was generated for.

    Args:
        real: (C, n, d), n embeddings of each of C classes.
        fake: (C, m, d), generated for the same classes.
        cfg: mode, bandwidths, root.
    """
    if cfg.mode == "joint":
        real, fake = real.flatten(0, 1), fake.flatten(0, 1)
    scales = [2 * (b if cfg.bandwidths_are == "variances" else b**2) for b in cfg.bandwidths]
    square = squared_mmd(real, fake, scales)
    return (square.clamp_min(LEAST).sqrt() if cfg.root else square).mean()


def squared_mmd(x: Tensor, y: Tensor, scales: list[float]) -> Tensor:
    """Mean k(x, x) + mean k(y, y) - 2 mean k(x, y), pairs of one with itself included.

    With k(f, g) = sum over scales of exp(-|f - g|^2 / scale). As one quadratic form: (..., n, d)
    and (..., m, d) -> (...).
    """
    n, m = x.shape[-2], y.shape[-2]
    both = torch.cat((x, y), -2)
    length = both.square().sum(-1)
    d = length.unsqueeze(-1) + length.unsqueeze(-2) - 2 * both @ both.mT
    rates = torch.tensor([-1 / scale for scale in scales], dtype=d.dtype, device=d.device)
    kernel = (d.unsqueeze(-1) * rates).exp().sum(-1)
    sign = torch.cat((x.new_full((n,), 1 / n), x.new_full((m,), -1 / m)))
    return kernel @ sign @ sign
