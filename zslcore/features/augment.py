"""Random changes of training images, drawn for all images of an epoch at once.

So they depend on the seed and the epoch alone: not on the number of processes, nor on whether the
training was interrupted.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Array, Labels, Mask
from zslcore.features.config import FineTuning


@dataclass(frozen=True)
class Changes:
    """One row per image.

    Attributes:
        flip: whether to mirror it, bool, (B,).
        shift: how far to move it down and to the right, int, (B, 2).
    """

    flip: Mask
    shift: Labels

    def __getitem__(self, rows: Array) -> "Changes":
        return Changes(self.flip[rows], self.shift[rows])

    def __call__(self, x: Tensor) -> Tensor:
        """The changed images, (B, C, height, width); the border's pixels fill what comes free."""
        height, width = x.shape[2:]
        shift = torch.as_tensor(self.shift, device=x.device)
        flip = torch.as_tensor(self.flip, device=x.device)
        rows = (torch.arange(height, device=x.device) - shift[:, :1]).clamp(0, height - 1)
        columns = (torch.arange(width, device=x.device) - shift[:, 1:]).clamp(0, width - 1)
        columns = torch.where(flip[:, None], width - 1 - columns, columns)
        image = torch.arange(len(x), device=x.device)[:, None, None]
        pixels = x.permute(0, 2, 3, 1)  # one gather of whole pixels instead of a loop over images
        return pixels[image, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def draw(n: int, cfg: FineTuning, generator: np.random.Generator) -> Changes:
    """The changes of n images."""
    flip = generator.random(n) < 0.5 * cfg.flip
    return Changes(flip, generator.integers(-cfg.shift, cfg.shift, (n, 2), endpoint=True))
