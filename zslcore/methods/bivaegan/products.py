"""Matrix products of all seeds at once, in full or half precision."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor


@dataclass(frozen=True)
class Products:
    """Batched products; with bf16 their factors are rounded, while all else stays as it is."""

    precision: Literal["fp32", "bf16"]

    def cast(self, factor: Tensor) -> Tensor:
        """A factor that several products take: rounded once."""
        return factor.bfloat16() if self.precision == "bf16" else factor

    def __call__(self, x: Tensor, weight: Tensor) -> Tensor:
        """(S, ..., I) and (S, I, O) -> (S, ..., O), in the type of `x`."""
        product = torch.bmm(self.cast(x.flatten(1, -2)), self.cast(weight))
        return product.to(x.dtype).view(*x.shape[:-1], weight.shape[-1])

    def into(self, out: Tensor, left: Tensor, right: Tensor) -> None:
        """(S, I, N) and (S, N, O) into `out`, (S, I, O): no new memory for a large result."""
        if self.precision == "fp32":
            torch.bmm(left, right, out=out)
        else:
            out.copy_(torch.bmm(self.cast(left), self.cast(right)))
