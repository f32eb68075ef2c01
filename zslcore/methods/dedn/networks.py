"""The parameters of both experts and of all clusters, and their scores of images.

Every sub-network is a dual attention network (DAN) of its own: matrices W1 to W4 and, if they are
trained, its own copies of the attribute vectors. As an attribute belongs to one sub-network of
each expert, the rows V W of all of them make one matrix per kind, found once per step.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from zslcore.methods.dedn.attention import Precision, channel_attention, region_attention
from zslcore.methods.dedn.layout import Layout
from zslcore.nn.streams import Streams

Weights = dict[str, Tensor]
KINDS = {"region": ("w1", "w2"), "channel": ("w3", "w4")}  # scores, logits


def build(
    layout: Layout, vectors: Tensor, shape: tuple[int, int], rank: int, streams: Streams
) -> Weights:
    """Parameters of S seeds before training: scores random, attention uniform.

    Args:
        layout: rows of experts and clusters.
        vectors: of the attributes, (D, G); their rows get unit length, zero rows stay.
        shape: R and C, regions and channels.
        rank: of W1 where it has two factors; 0 = one matrix (code, only for SUN).
        streams: random numbers of each seed.

    Returns:
        "v" (S, E, G), and for q = 1 + clusters sub-networks "w1", "w2" (S, q, G, C) and "w3", "w4"
        (S, q, G, R), as far as their branches exist; with a rank, "w1" is (S, q, G, h) and
        "w1_right" (S, q, h, C).
    """
    regions, channels = shape
    v = vectors / vectors.norm(dim=1, keepdim=True).clamp_min(torch.finfo(vectors.dtype).tiny)
    order = torch.from_numpy(layout.order).to(v.device)
    q, g = len(layout.groups), v.shape[1]
    found = {"v": v[order].repeat(streams.seeds, len(layout.experts), 1)}

    def drawn(rows: int, columns: int) -> Tensor:
        return streams.normal(q, rows, columns).to(v.dtype)

    if "region" in layout.branches:
        found["w1"] = drawn(g, rank or channels)
        if rank:
            found["w1_right"] = drawn(rank, channels)
        found["w2"] = v.new_zeros(streams.seeds, q, g, channels)
    if "channel" in layout.branches:
        found["w3"] = drawn(g, regions)
        found["w4"] = v.new_zeros(streams.seeds, q, g, regions)
    return found


def names(layout: Layout, rank: int) -> set[str]:
    """What `build` calls the parameters of such networks."""
    found = {"v", *(kind for branch in layout.branches for kind in KINDS[branch])}
    return found | {"w1_right"} if rank and "region" in layout.branches else found


def outputs(
    weights: Mapping[str, Tensor], layout: Layout, maps: Tensor, precision: Precision
) -> dict[str, Tensor]:
    """O_r and O_c of all experts, eqs. 3 and 6: (S, B, E) per branch.

    Args:
        weights: of S seeds.
        layout: rows of experts and clusters.
        maps: images of each seed (S, B, R, C), or the same images for all, (1, B, R, C).
        precision: of the large matrix products.
    """
    attend = {"region": region_attention, "channel": channel_attention}
    found = {}
    for branch in layout.branches:
        scores, logits = (projected(weights, layout, kind) for kind in KINDS[branch])
        if len(maps) == 1:  # the seeds are only more rows then
            scores, logits = (rows.flatten(0, 1).unsqueeze(0) for rows in (scores, logits))
            o = attend[branch](maps, scores, logits, precision)
            found[branch] = o[0].unflatten(1, (-1, layout.rows)).transpose(0, 1)
        else:
            found[branch] = attend[branch](maps, scores, logits, precision)
    return found


def projected(weights: Mapping[str, Tensor], layout: Layout, kind: str) -> Tensor:
    """Rows V W of one kind, (S, E, R or C), each with the W of its sub-network."""
    v, right = weights["v"], weights.get(f"{kind}_right")
    factors = weights[kind].unbind(1)
    rows = [v[:, group] @ w for group, w in zip(layout.groups, factors, strict=True)]
    if right is not None:
        rows = [row @ w for row, w in zip(rows, right.unbind(1), strict=True)]
    return torch.cat(rows, 1)
