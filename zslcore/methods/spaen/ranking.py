"""The classification objective: a class's own images score above others by a margin."""

import torch
from torch import Tensor

from zslcore.methods.spaen.config import Rank


def ranking(e: Tensor, classes: Tensor, y: Tensor, u: Tensor, cfg: Rank) -> Tensor:
    """[margin - y_l . E(x) + y_l' . E(x)]_+ of each image, (S, B); eq. 2 before it is summed.

    Of the classes l' other than l it takes one at random (paper), one at random of those that
    violate the margin (code), the worst of them, or the mean over all of them. An image without
    a violator has a loss of 0.

    Args:
        e: E(x), (S, B, A).
        classes: class vectors of the seen classes, (K, A).
        y: classes of the images, (S, B).
        u: in [0, 1), (S, B): what draws l'.
        cfg: settings.
    """
    scores = e @ classes.T
    hinge = (cfg.margin + scores - scores.gather(-1, y[..., None])).clamp_min(0)
    others = torch.ones_like(hinge).scatter_(-1, y[..., None], 0)
    hinge = hinge * others
    if cfg.negative == "mean":
        return hinge.sum(-1) / (len(classes) - 1)
    if cfg.negative == "hardest":
        return hinge.amax(-1)
    if cfg.negative == "violating":
        others = (hinge > 0).to(others)
    return hinge.gather(-1, _one_of(others, u)).squeeze(-1)


def _one_of(marked: Tensor, u: Tensor) -> Tensor:
    """The place of one of the ones in each row, all equally likely, (S, B, 1); 0 if there is none.

    Args:
        marked: ones and zeros, (S, B, K).
        u: in [0, 1), (S, B).
    """
    number = marked.cumsum(-1)
    wanted = (u[..., None] * number[..., -1:]).floor()  # so many ones lie before it
    return (number > wanted).to(torch.uint8).argmax(-1, keepdim=True)
