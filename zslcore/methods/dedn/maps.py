"""Region maps as the networks take them: rows of a file, read when a batch asks for them."""

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Array, Rows

RESIDENT = 2**29  # bytes; smaller sets of maps are kept on the device
BLOCK = 2**22  # numbers read at a time: of a whole batch, every passing copy is fresh memory


class Maps:
    """Maps of N images, each region's C channels scaled to unit length (code).

    Args:
        rows: float16 (N, R, C); a file's, or an array.
        device: where batches are wanted.
    """

    def __init__(self, rows: Rows | Array, device: torch.device) -> None:
        self.rows, self.device = rows, device
        size = int(np.prod(rows.shape)) * 2
        self.kept = self._read(np.arange(len(rows))) if size <= RESIDENT else None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, int]:
        """R and C."""
        return self.rows.shape[1], self.rows.shape[2]

    def __getitem__(self, index: Tensor) -> Tensor:
        """Images of these positions, (...) -> (..., R, C) in the default type; 0 stays 0."""
        flat, some = index.flatten(), max(1, BLOCK // int(np.prod(self.shape)))
        maps = torch.empty(len(flat), *self.shape, device=self.device)
        kept = self.kept
        for part, to in zip(flat.split(some), maps.split(some), strict=True):
            to.copy_(self._read(part.cpu().numpy()) if kept is None else kept[part])
            to /= to.norm(dim=2, keepdim=True).clamp_min_(1e-12)
        return maps.view(*index.shape, *self.shape)

    def _read(self, index: Array) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(self.rows[index])).to(self.device)
