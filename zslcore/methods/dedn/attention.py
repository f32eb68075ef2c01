"""Attention pooling over regions and over channels, with gradients written out.

For attribute i of one image, with a row s of scores and a row l of logits over the n regions (or
channels), the pooled value is o = sum_j a_j s_j, a = softmax(l) (DEDN, eqs. 1 to 6). With g the
gradient of o, that of s_j is g a_j, and that of l_j is g a_j (s_j - o): all but g is known at once.

Both are linear in the projected attribute vectors, so attributes of all experts and clusters are
just rows of one matrix. Images need no gradient, and are looked at a few at a time: what is made of
them stays in the cache, and its memory is used again. Softmax and sums are in the type of the
rows; `precision` is that of the matrix products.
"""

from typing import Any, Literal

import torch
from torch import Tensor

from zslcore.methods.dedn.product import product

Precision = Literal["fp32", "bf16"]

TILE = 2**21  # scores and logits of a block of images: what caches hold
WIDER = 128  # blocks of a GPU: it has more memory, and waits for each


def region_attention(maps: Tensor, scores: Tensor, logits: Tensor, precision: Precision) -> Tensor:
    """O_r: pooling over regions, eqs. 1 to 3.

    Args:
        maps: (S, B, R, C), the images of S seeds.
        scores: rows V W1, (S, E, C).
        logits: rows V W2, (S, E, C).
        precision: of the matrix products.

    Returns:
        (S, B, E).
    """
    found: Tensor = _Region.apply(maps, scores, logits, precision)
    return found


def channel_attention(maps: Tensor, scores: Tensor, logits: Tensor, precision: Precision) -> Tensor:
    """O_c: pooling over channels, eqs. 4 to 6.

    Args:
        maps: (S, B, R, C), the images of S seeds.
        scores: rows V W3, (S, E, R).
        logits: rows V W4, (S, E, R).
        precision: of the matrix products.

    Returns:
        (S, B, E).
    """
    found: Tensor = _Channel.apply(maps, scores, logits, precision)
    return found


def region_weights(maps: Tensor, logits: Tensor, precision: Precision) -> Tensor:
    """A_r, (S, B, R, E): where the attributes look."""
    found = product(_cast(maps.flatten(1, 2), precision), _cast(logits, precision))
    return found.view(*maps.shape[:3], -1).to(logits.dtype).softmax(2)


class _Region(torch.autograd.Function):
    """Keeps a (s - o) and a, (S, 2E, b, R), of each block of b images."""

    @staticmethod
    def forward(
        ctx: Any, maps: Tensor, scores: Tensor, logits: Tensor, precision: Precision
    ) -> Tensor:
        rows, found, kept = _cast(torch.cat((scores, logits), 1), precision), [], []
        for block in _blocks(maps, rows.shape[1] * maps.shape[2]):
            flat = _cast(block, precision).flatten(1, 2)  # (S, b R, C)
            made = product(rows, flat).to(scores.dtype).unflatten(2, (-1, maps.shape[2]))
            o = _pool_(made)
            found.append(o.mT)
            if any(ctx.needs_input_grad):
                weighted, a = made.chunk(2, 1)
                weighted.addcmul_(o.unsqueeze(3), a, value=-1)
                kept.append(made.to(rows.dtype))
        ctx.save_for_backward(maps, *kept)
        return torch.cat(found, 1)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[None, Tensor, Tensor, None]:
        maps, *kept = ctx.saved_tensors
        images = [made.shape[2] for made in kept]
        total = g.new_zeros(len(g), kept[0].shape[1], maps.shape[3])
        for block, made, of in zip(maps.split(images, 1), kept, g.split(images, 1), strict=True):
            d = made * of.repeat(1, 1, 2).mT.unsqueeze(3).to(made.dtype)
            flat = block.flatten(1, 2).to(made.dtype)
            total += product(d.flatten(2), flat.mT).to(g.dtype)
        of_logits, of_scores = total.chunk(2, 1)
        return None, of_scores, of_logits, None


class _Channel(torch.autograd.Function):
    """Keeps sum_c a_c (s_c - o) f_c and sum_c a_c f_c, f_c being the R values of channel c.

    They are (S, b, R, 2E) of each block of b images; what is as long as there are channels does
    not outlive its block.
    """

    @staticmethod
    def forward(
        ctx: Any, maps: Tensor, scores: Tensor, logits: Tensor, precision: Precision
    ) -> Tensor:
        rows, found, kept = _cast(torch.cat((scores, logits), 1), precision), [], []
        for block in _blocks(maps, rows.shape[1] * maps.shape[3]):
            shape = block.shape[:2]
            flat = _cast(block, precision).flatten(0, 1)  # (S b, R, C)
            each = rows.unsqueeze(1).expand(*shape, -1, -1).flatten(0, 1)
            made = product(each, flat.mT).to(scores.dtype)  # (S b, 2E, C)
            o = _pool_(made)
            found.append(o.unflatten(0, shape))
            if any(ctx.needs_input_grad):
                sums = product(flat, made.to(rows.dtype)).to(scores.dtype)
                weighted, u = sums.chunk(2, 2)
                weighted.addcmul_(o.unsqueeze(1), u, value=-1)
                kept.append(sums.unflatten(0, shape))
        ctx.save_for_backward(*kept)
        return torch.cat(found, 1)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[None, Tensor, Tensor, None]:
        kept = ctx.saved_tensors
        total = torch.zeros_like(kept[0][:, 0])
        for sums, of in zip(kept, g.split([each.shape[1] for each in kept], 1), strict=True):
            total += (sums * of.repeat(1, 1, 2).unsqueeze(2)).sum(1)
        of_logits, of_scores = total.mT.chunk(2, 1)
        return None, of_scores, of_logits, None


def _pool_(made: Tensor) -> Tensor:
    """Of scores s and logits (., 2E, ..., n), o (., E, ...); they turn into a s and a."""
    s, a = made.chunk(2, 1)
    a.copy_(a.softmax(-1))
    return s.mul_(a).sum(-1)


def _blocks(maps: Tensor, numbers: int) -> tuple[Tensor, ...]:
    """Images so many at a time that `TILE` numbers are made of them, if each has so many."""
    limit = TILE if maps.device.type == "cpu" else WIDER * TILE
    return maps.split(max(1, limit // (len(maps) * numbers)), 1)


def _cast(x: Tensor, precision: Precision) -> Tensor:
    return x.bfloat16() if precision == "bf16" else x
