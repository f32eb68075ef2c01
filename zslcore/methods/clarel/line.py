"""Captions one after another on one time line, so that next to nothing is computed for padding."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Array, Labels
from zslcore.methods.clarel.config import Encoder
from zslcore.text.tokens import PADDING


@dataclass(frozen=True)
class Line:
    """The words of U captions.

    Attributes:
        ids: word ids, `PADDING` between captions, (T,).
        weight: how often each word counts, 0 between captions, (T,).
        start: where each caption begins, (U,).
        lengths: its words, at least 1, (U,).
    """

    ids: Tensor
    weight: Tensor
    start: Labels
    lengths: Labels

    def to(self, device: torch.device) -> "Line":
        """With its tensors on a device."""
        return replace(self, ids=self.ids.to(device), weight=self.weight.to(device))


def lay(ids: Array, lengths: Labels, times: Labels, cfg: Encoder) -> Line:
    """Captions with room between them, so that no convolution sees a neighbour's words.

    Every block convolves, then pools by two. So a caption begins at a multiple of 2^blocks, and
    the last block's convolutions, for which captions are nearest to one another, still find
    kernel // 2 empty places after it.

    Args:
        ids: word ids, (U, L).
        lengths: of the captions, at least 1, (U,).
        times: how often each stands in the batch, (U,).
        cfg: blocks and their kernel.
    """
    blocks = len(cfg.widths)
    room = pooled(lengths, blocks - 1) + cfg.kernel // 2
    slots = pooled(room, 1) * 2**blocks
    start = slots.cumsum() - slots
    place = np.arange(ids.shape[1])
    words = place < lengths[:, None]
    at = (start[:, None] + place)[words]
    line = np.full(slots.sum(), PADDING, np.int64)
    line[at] = ids[words]
    weight = np.zeros(len(line))
    weight[at] = times.repeat(lengths)
    counted = torch.from_numpy(weight).to(torch.get_default_dtype())
    return Line(torch.from_numpy(line), counted, start, lengths)


def pooled(lengths: Labels, times: int) -> Labels:
    """What is left of lengths after pooling by two so often, an odd last place by itself."""
    return -(-lengths // 2**times)
