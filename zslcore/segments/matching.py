"""Which query answers for which segment.

Bipartite matching by the costs of Mask2Former (Cheng et al. 2022,
https://arxiv.org/abs/2112.01527): minus the probability of the segment's class, and the distance of
masks at random points (cross-entropy and dice). The points of an image depend on its seed alone,
so that images may be shared out among processes.
"""

from typing import NamedTuple

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor
from torch.nn.functional import grid_sample, softplus
from torch.nn.utils.rnn import pad_sequence

from zslcore.segments.batches import Batch
from zslcore.segments.config import Loss

NONE = -1  # in the place of a query


class Predictions(NamedTuple):
    """Of every level: the queries before the first decoder layer, and after each of them.

    Attributes:
        classes: logits of the seen classes, then of no object, (B, L, Q, K + 1).
        masks: logits at a quarter of the input's size, (B, L, Q, h, w).
    """

    classes: Tensor
    masks: Tensor


class Points(NamedTuple):
    """Random places, (x, y) in [0, 1), of one batch.

    Attributes:
        matching: where all masks of an image are compared, (B, P, 2).
        candidates: of which the least certain ones are taken, (n, L, C, 2).
        others: that are taken as they are, (n, L, R, 2).
    """

    matching: Tensor
    candidates: Tensor
    others: Tensor


def draw_points(batch: Batch, levels: int, cfg: Loss) -> Points:
    """The points of a batch, each image's from its own seed."""
    device, drawn = batch.masks.device, []
    certain = cfg.points - int(cfg.importance * cfg.points)
    sizes = int(cfg.points * cfg.oversample), certain
    for seed, n in zip(batch.seeds.tolist(), batch.counts.tolist(), strict=True):
        stream = torch.Generator(device).manual_seed(seed)
        shapes = [(cfg.points, 2), *((n, levels, size, 2) for size in sizes)]
        drawn.append(
            [
                torch.rand(shape, generator=stream, device=device, dtype=torch.float32)
                for shape in shapes
            ]
        )
    matching, *others = zip(*drawn, strict=True)
    return Points(torch.stack(matching), *(torch.cat(each) for each in others))


def at(maps: Tensor, points: Tensor) -> Tensor:
    """Maps (N, C, H, W), 0 outside, interpolated at points (N, P, 2) -> (N, C, P)."""
    grid = 2 * points[:, None].to(maps.dtype) - 1
    return grid_sample(maps, grid, padding_mode="zeros", align_corners=False)[:, :, 0]


@torch.no_grad()
def match(found: Predictions, batch: Batch, points: Tensor, cfg: Loss) -> Tensor:
    """The query of each segment at each level, int64 (n, L); NONE if there are fewer queries.

    Args:
        found: answers to the batch.
        batch: B images, n segments.
        points: where masks are compared, (B, P, 2).
        cfg: weights of the costs.
    """
    cost = costs(found, batch, points, cfg).cpu().numpy()
    levels = found.masks.shape[1]
    matched = torch.full((len(batch.labels), levels), NONE, dtype=torch.int64)
    start = 0
    for of_image, n in zip(cost, batch.counts.tolist(), strict=True):
        for level in range(levels):
            queries, segments = linear_sum_assignment(of_image[level, :, :n])
            matched[start + torch.from_numpy(segments), level] = torch.from_numpy(queries)
        start += n
    return matched.to(found.masks.device)


def costs(found: Predictions, batch: Batch, points: Tensor, cfg: Loss) -> Tensor:
    """Of each query for each segment of its image, (B, L, Q, m); m is the largest count.

    Beyond an image's own segments they mean nothing.
    """
    size, levels, queries, _, _ = found.masks.shape
    kind = torch.promote_types(found.masks.dtype, torch.float32)
    image = images_of(batch)
    x = at(found.masks.flatten(1, 2).to(kind), points).unflatten(1, (levels, queries))
    shown = at(batch.masks[:, None].to(kind), points[image])[:, 0]
    counts = batch.counts.tolist()
    y = pad_sequence(shown.split(counts), batch_first=True)[:, None]  # (B, 1, m, P)
    labels = pad_sequence(batch.labels.split(counts), batch_first=True)
    chance = found.classes.to(kind).softmax(-1)
    index = labels[:, None, None].expand(size, levels, queries, -1)
    both, p = y.mT, x.sigmoid()
    mask = (softplus(x).sum(-1, keepdim=True) - x @ both) / x.shape[-1]
    dice = 1 - (2 * p @ both + 1) / (p.sum(-1, keepdim=True) + y.sum(-1)[:, :, None] + 1)
    classification = -chance.gather(-1, index)
    total = cfg.mask * mask + cfg.dice * dice + cfg.classification * classification
    worst = torch.finfo(kind).max  # the assignment refuses what is not a number
    return total.nan_to_num(nan=worst, posinf=worst, neginf=worst)


def images_of(batch: Batch) -> Tensor:
    """The position of each segment's image in the batch, (n,)."""
    return torch.repeat_interleave(batch.counts).to(batch.labels.device)
