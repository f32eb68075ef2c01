"""How far predicted class vectors are from the true ones."""

from typing import Literal

from torch import Tensor

AttributeLoss = Literal["weighted_l1", "l1", "mse"]


def attribute_loss(predicted: Tensor, target: Tensor, kind: AttributeLoss) -> Tensor:
    """The mean over a batch, one number per leading index: (..., B, A) -> (...).

    With d = predicted - target:

    - l1: sum_j |d_j|, Bi-VAEGAN eqs. 2 and 7;
    - weighted_l1: sum_j |d_j| d_j^2 / |d|, what its authors (and TF-VAEGAN's) compute: large
      errors count more, and it is up to 100 times smaller, so weights do not carry over;
    - mse: the mean of d_j^2.
    """
    error = predicted - target
    if kind == "mse":
        return error.square().mean((-1, -2))
    size = error.abs()
    if kind == "weighted_l1":
        # a row without error has no gradient either; the square root's would be NaN
        length = error.square().sum(-1, keepdim=True).clamp_min(1e-24).sqrt()
        size = size**3 / length
    return size.sum(-1).mean(-1)
