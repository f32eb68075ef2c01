"""From features to what the image is generated of: the four architectures of Figure 6."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from zslcore.methods.spaen.networks import Head, Masks

Mode = Literal["spaen", "directmap", "sae", "splitbranch"]


class Coded(NamedTuple):
    """Of a batch.

    Attributes:
        semantic: where class vectors lie, (1, B, A).
        code: what the image is generated of, (1, B, C).
    """

    semantic: Tensor
    code: Tensor


class Plain(nn.Module):
    """One embedding for both: F of SP-AEN, E of SAE, and E of DirectMap, which is frozen."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.head = head

    def forward(self, x: Tensor, masks: Masks | None = None) -> Coded:
        """Features (1, B, I), with dropout where masks are given."""
        s = self.head(x, masks)
        return Coded(s, s)


class Split(nn.Module):
    """SplitBranch: of two embeddings one is classified; merged, each after a layer, they are coded.

    Args:
        head: its output is both embeddings, (1, B, 2 A).
        first, second: layers A -> A.
    """

    def __init__(self, head: Head, first: nn.Linear, second: nn.Linear) -> None:
        super().__init__()
        self.head, self.first, self.second = head, first, second

    def forward(self, x: Tensor, masks: Masks | None = None) -> Coded:
        """Features (1, B, I), with dropout where masks are given."""
        semantic, other = self.head(x, masks).chunk(2, -1)
        merged = torch.cat((self.first(semantic), self.second(other)), -1)
        return Coded(semantic, leaky_relu(merged, self.head.slope))
