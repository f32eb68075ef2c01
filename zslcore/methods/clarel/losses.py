"""The four losses of CLAREL."""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from zslcore.methods.clarel.config import Loss, Metric
from zslcore.nn.terms import Terms

SMALLEST = 1e-12  # squared distance, so that gradients are finite at 0


def distances(a: Tensor, b: Tensor, metric: Metric) -> Tensor:
    """d between all rows of (..., N, Z) and (..., M, Z), (..., N, M); of cosines, 1 - cos.

    The differences are those of centred rows, so that nothing is lost where all are alike.
    """
    if metric == "cosine":
        return 1 - normalize(a, dim=-1) @ normalize(b, dim=-1).mT
    centre = b.mean(-2, keepdim=True)
    a, b = a - centre, b - centre
    squares = a.square().sum(-1)[..., None] + b.square().sum(-1)[..., None, :] - 2 * (a @ b.mT)
    squares = squares.clamp_min(SMALLEST)
    return squares if metric == "squared" else squares.sqrt()


def retrieval(images: Tensor, texts: Tensor, cfg: Loss) -> Terms:
    """J_TR and J_IR of B pairs: each image finds its text among the batch's, and the reverse."""
    logits = -cfg.scale * distances(images, texts, cfg.metric)
    pairs = torch.arange(len(images), device=images.device)
    return {
        "text_retrieval": cross_entropy(logits, pairs),
        "image_retrieval": cross_entropy(logits.mT, pairs),
    }


def total(terms: Terms, cfg: Loss) -> Tensor:
    """J; terms that are not there weigh nothing."""
    weight = {
        "text_retrieval": (1 - cfg.kappa) * cfg.lam,
        "image_retrieval": (1 - cfg.kappa) * (1 - cfg.lam),
        "classification": cfg.kappa,
    }
    return torch.stack([weight[name] * term for name, term in terms.items()]).sum()
