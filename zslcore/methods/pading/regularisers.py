"""L_D and L_A of a batch of embeddings: what shapes the generator besides the discrepancy."""

import torch
from torch import Tensor
from torch.nn.functional import linear

from zslcore.methods.pading.alignment import alignment_loss
from zslcore.methods.pading.disentangle import (
    Disentangler,
    candidates,
    moments_loss,
    reconstruction_loss,
    related_loss,
    softmax_loss,
)
from zslcore.methods.pading.generators import PrimitiveGenerator
from zslcore.methods.pading.networks import Networks
from zslcore.methods.pading.task import Task
from zslcore.nn.terms import Terms


def regularisers(networks: Networks, task: Task, x: Tensor, y: Tensor) -> Terms:
    """The terms of L_D, if there is a disentangler, and L_A, unless it has no weight; () each.

    L_A is about the semantic-related parts; without a disentangler about the embeddings (P&A).

    Args:
        networks: with a generator.
        task: class vectors, settings.
        x: embeddings; one of each unseen class stands last, (n, d).
        y: their classes, (n,).
    """
    align, parts = task.cfg.align, networks.disentangler
    related = x if parts is None else parts.related(x)
    terms = {} if parts is None else disentangling(networks, parts, task, (x, related, y))
    if align.weight:
        vectors = task.vectors if align.target == "raw" else projected(networks, task)
        seen = len(x) - len(task.unseen)
        terms["alignment"] = alignment_loss(
            related, vectors[y], seen, task.cfg.tau, align.direction
        )
    return terms


def disentangling(
    networks: Networks, parts: Disentangler, task: Task, batch: tuple[Tensor, Tensor, Tensor]
) -> Terms:
    """L_R, L_U and L_recon.

    Seen classes' embeddings and those of unseen classes count the same (code).

    Args:
        networks: for the projected class vectors.
        parts: encoders, decoder, relations.
        task: class vectors, settings.
        batch: embeddings (n, d), their related parts (n, e), their classes (n,).
    """
    x, related, y = batch
    cfg, seen = task.cfg.disentangle, task.seen[y]
    unrelated = parts.unrelated(x)
    if parts.network is None:
        scores = linear(related, task.vectors) / task.cfg.tau
    else:
        scores = parts.network(related, projected(networks, task))
    among = candidates(y, task.seen, cfg.candidates)
    rebuilt = parts.decoder(torch.cat((related, unrelated), 1))
    if cfg.unrelated == "moments":
        of_unrelated = moments_loss(unrelated)
    else:
        noise = torch.randn_like(unrelated)
        of_unrelated = of_both(softmax_loss(unrelated, noise, task.cfg.tau), seen)
    return {
        "related": of_both(related_loss(scores, y, among), seen),
        "unrelated": of_unrelated,
        "reconstruction": of_both(reconstruction_loss(x, rebuilt, cfg.reconstruction), seen),
    }


def of_both(values: Tensor, seen: Tensor) -> Tensor:
    """The mean of the seen classes' mean and the unseen classes' mean, (n,) -> ()."""
    return (values[seen].mean() + values[~seen].mean()) / 2


def projected(networks: Networks, task: Task) -> Tensor:
    """The class vectors as the primitives are asked with them, (K, d); they are trained."""
    generator = networks.generator
    assert isinstance(generator, PrimitiveGenerator)  # the settings refuse others
    found: Tensor = generator.project(task.vectors)
    return found
