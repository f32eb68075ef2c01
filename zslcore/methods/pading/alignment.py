"""Relations between embeddings should be those between their classes (PADing, eq. 6)."""

import torch
from torch import Tensor
from torch.nn.functional import kl_div, log_softmax, normalize

from zslcore.methods.pading.config import Form


def alignment_loss(
    visual: Tensor, semantic: Tensor, seen: int, tau: float, direction: Form
) -> Tensor:
    """L_A: within seen, within unseen, and of seen to unseen embeddings; the mean of the three.

    A row of cosines divided by tau becomes a distribution over its columns; rows are averaged.

    Args:
        visual: embeddings, seen classes' first, (n, e).
        semantic: the vector of each one's class, (n, s).
        seen: how many are of seen classes.
        tau: temperature.
        direction: paper = KL(visual || semantic); code = KL(semantic || visual).
    """
    of_visual, of_semantic = (cosines(each) / tau for each in (visual, semantic))
    s, u = slice(seen), slice(seen, None)
    terms = [
        relations_loss(of_visual[rows, columns], of_semantic[rows, columns], direction)
        for rows, columns in ((s, s), (u, u), (s, u))
    ]
    return torch.stack(terms).mean()


def relations_loss(visual: Tensor, semantic: Tensor, direction: Form) -> Tensor:
    """The mean KL of rows of logits, (n, m) and (n, m) -> ()."""
    v, s = log_softmax(visual, 1), log_softmax(semantic, 1)
    p, q = (v, s) if direction == "paper" else (s, v)
    return kl_div(q, p, reduction="batchmean", log_target=True)


def cosines(x: Tensor) -> Tensor:
    """Of every pair of rows, (n, e) -> (n, n)."""
    unit = normalize(x, dim=1)
    return unit @ unit.T
