"""The loss of Mask2Former (Cheng et al. 2022, https://arxiv.org/abs/2112.01527), at all levels.

It is that of transformers' criterion, with two differences: it is normalised over the batch of all
processes, and its random points depend on the image alone. So it does not matter how many processes
share a batch. All levels and images are computed at once.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from zslcore.nn.terms import Terms
from zslcore.runtime import processes
from zslcore.segments.batches import Batch
from zslcore.segments.config import Loss
from zslcore.segments.matching import (
    NONE,
    Points,
    Predictions,
    at,
    draw_points,
    images_of,
    match,
)


class Whole(NamedTuple):
    """What the sums of a batch are divided by, over all processes; scalars.

    Attributes:
        masks: its segments, at least 1.
        weight: of its queries in the classification.
        matched: its segments that have a query, at least 1.
    """

    masks: Tensor
    weight: Tensor
    matched: Tensor


def whole(batch: Batch, queries: int, cfg: Loss) -> Whole:
    """Sums over the batch of all processes."""
    matched = batch.counts.clamp(max=queries)
    sums = torch.stack((batch.counts.sum(), matched.sum(), len(matched) * queries - matched.sum()))
    masks, objects, others = processes.total(sums.to(batch.labels.device, torch.float64))
    return Whole(masks.clamp(min=1), objects + cfg.no_object * others, objects.clamp(min=1))


def losses(found: Predictions, batch: Batch, cfg: Loss) -> tuple[Tensor, Terms]:
    """This process's part of the loss, and of what is logged; each is a sum over the processes.

    Args:
        found: answers to the batch.
        batch: this process's part of a step.
        cfg: weights.

    Returns:
        The weighted loss, summed over levels, (); the terms before they are weighted, means over
        levels, and the share of matched queries whose class is right at the last level, (1,) each.
    """
    kind = torch.promote_types(found.masks.dtype, torch.float32)
    found = Predictions(*(each.to(kind) for each in found))
    levels, queries = found.masks.shape[1:3]
    points = draw_points(batch, levels, cfg)
    over = Whole(*(each.to(kind) for each in whole(batch, queries, cfg)))
    matched = match(found, batch, points.matching, cfg)
    targets = class_targets(found, batch, matched)
    mask, dice = _mask_losses(found, batch, matched, points, cfg)
    sums = {
        "classification": _classification(found, targets, cfg) / over.weight,
        "mask": mask / over.masks,
        "dice": dice / over.masks,
    }
    loss = sum((getattr(cfg, name) * term for name, term in sums.items()), mask.new_zeros(()))
    terms = {"loss": loss, **{name: term / levels for name, term in sums.items()}}
    terms["accuracy"] = _hits(found, targets) / over.matched
    return loss, {name: term.detach()[None] for name, term in terms.items()}


def class_targets(found: Predictions, batch: Batch, matched: Tensor) -> Tensor:
    """The class that each query is to answer, the last one where it is matched with nothing.

    (B, L, Q).
    """
    nothing = found.classes.shape[-1] - 1
    targets = torch.full(found.classes.shape[:-1], nothing, device=matched.device)
    segment, level = (matched != NONE).nonzero(as_tuple=True)
    targets[images_of(batch)[segment], level, matched[segment, level]] = batch.labels[segment]
    return targets


def _classification(found: Predictions, targets: Tensor, cfg: Loss) -> Tensor:
    weight = found.classes.new_ones(found.classes.shape[-1])
    weight[-1] = cfg.no_object
    return cross_entropy(
        found.classes.flatten(0, 2), targets.flatten(), weight=weight, reduction="sum"
    )


def _mask_losses(
    found: Predictions, batch: Batch, matched: Tensor, points: Points, cfg: Loss
) -> tuple[Tensor, Tensor]:
    """Cross-entropy and dice of matched masks, sums over segments and levels."""
    if not len(matched):
        nothing = 0 * found.masks.sum()  # the network still takes part in the sum of gradients
        return nothing, nothing
    level = torch.arange(matched.shape[1], device=matched.device)
    maps = found.masks[images_of(batch)[:, None], level, matched.clamp(min=0)]  # (n, L, h, w)
    taken = _uncertain(maps.detach(), points, cfg)
    x = at(maps.flatten(0, 1)[:, None], taken.flatten(0, 1)).unflatten(0, matched.shape)[:, :, 0]
    y = at(batch.masks[:, None].to(maps.dtype), taken.flatten(1, 2))[:, 0].view_as(x)
    exists = matched != NONE
    mask = binary_cross_entropy_with_logits(x, y, reduction="none").mean(-1)
    p = x.sigmoid()
    dice = 1 - (2 * (p * y).sum(-1) + 1) / (p.sum(-1) + y.sum(-1) + 1)
    return (mask * exists).sum(), (dice * exists).sum()


def _uncertain(maps: Tensor, points: Points, cfg: Loss) -> Tensor:
    """Where masks (n, L, h, w) are compared, (n, L, P, 2)."""
    candidates = points.candidates.flatten(0, 1)
    certainty = at(maps.flatten(0, 1)[:, None], candidates)[:, 0].abs()
    n = cfg.points - points.others.shape[2]
    chosen = certainty.topk(n, largest=False, sorted=False).indices[..., None].expand(-1, -1, 2)
    taken = candidates.gather(1, chosen).unflatten(0, maps.shape[:2])
    return torch.cat((taken, points.others), dim=2)


def _hits(found: Predictions, targets: Tensor) -> Tensor:
    last = targets[:, -1]
    right = found.classes[:, -1].argmax(-1) == last
    return (right & (last < found.classes.shape[-1] - 1)).sum()
