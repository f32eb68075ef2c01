"""Noise and class vectors become features."""

from collections.abc import Mapping

import torch
from torch import Tensor

from zslcore.methods.bivaegan.networks import Values, feed_back, generate, regress
from zslcore.methods.bivaegan.products import Products
from zslcore.methods.bivaegan.space import Space


def make(
    nets: Mapping[str, Values],
    space: Space,
    z: Tensor,
    a: Tensor,
    mm: Products,
    feedback: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Features (S, N, V), and what the generator's last layer gave.

    With feedback (TF-VAEGAN) a first pass is looked at by the regressor, whose hidden layer, by
    way of F, changes the second; no gradient flows into the first.
    """
    added = None
    if feedback > 0:
        with torch.no_grad():
            first = space.squash(generate(nets["g"], z, a, mm))
            _, hidden = regress(nets["r"], first, mm)
        added = feedback * feed_back(nets["f"], hidden, mm)
    output = generate(nets["g"], z, a, mm, added)
    return space.squash(output), output
