"""Baselines on a logistic regression, of the attributes or of the seen classes.

    dap, iap   Lampert et al. 2014, https://doi.org/10.1109/TPAMI.2013.140: attributes predicted
               from the image, or from the seen classes it resembles; regressions replace its SVMs
    conse      Norouzi et al. 2014, https://arxiv.org/abs/1312.5650

An attribute is taken as binary: above its mean over the seen classes, or not.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from zslcore.methods.baselines.config import Prior
from zslcore.methods.baselines.prepared import Prepared
from zslcore.methods.baselines.scorers import (
    DirectAttributes,
    IndirectAttributes,
    Mixture,
    binary,
    log_prior,
)

Linear = tuple[Tensor, Tensor]  # weight (D, J), bias (J,)


def dap(data: Prepared, *, decay: float, prior: Prior) -> DirectAttributes:
    """log p(z|x) = sum over attributes of log p(a|x) - log p(a)."""
    linear = data.once(f"attributes {decay}", lambda: attribute_regression(data, decay))
    return DirectAttributes(*described(data, prior), *linear)


def iap(data: Prepared, *, decay: float, prior: Prior) -> IndirectAttributes:
    """The same with p(a|x) = sum over seen classes of p(class|x) [it has the attribute]."""
    classes = described(data, prior)
    seen_attributes = classes[0][data.seen]
    return IndirectAttributes(*classes, *class_regression(data, decay), seen_attributes)


def conse(data: Prepared, *, decay: float, top: int) -> Mixture:
    """The class nearest to the mixture of the `top` likeliest seen ones."""
    return Mixture(*class_regression(data, decay), data.seen_vectors, data.vectors, top)


def described(data: Prepared, prior: Prior) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """All classes by their attributes: what `Described` has.

    The chance of an attribute is its share among the seen classes, or 1/2.
    """
    attributes, (middle, kept) = binary_attributes(data), distinguishing(data)
    chance = attributes[data.seen].mean(0)
    if prior == "half":
        chance = torch.full_like(chance, 0.5)
    return attributes, log_prior(attributes, chance), middle, kept, chance


def binary_attributes(data: Prepared) -> Tensor:
    """The attributes that distinguish seen classes, as 0 or 1, (K, A' <= A)."""
    return binary(data.vectors, *distinguishing(data))


def distinguishing(data: Prepared) -> tuple[Tensor, Tensor]:
    """Means over the seen classes, (A,); which attributes only some of them exceed, bool (A,)."""
    middle = data.seen_vectors.mean(0)
    high = data.seen_vectors > middle
    return middle, high.any(0) & ~high.all(0)


def class_regression(data: Prepared, decay: float) -> Linear:
    """Softmax regression of the seen classes, shared by `iap` and `conse`."""

    def loss(logit: Tensor) -> Tensor:
        return F.cross_entropy(logit, data.own.to(logit))

    return data.once(f"classes {decay}", lambda: regression(data, loss, data.own.shape[1], decay))


def attribute_regression(data: Prepared, decay: float) -> Linear:
    """One logistic regression per attribute."""
    attributes = binary_attributes(data)
    target = data.own.double() @ attributes[data.seen]

    def loss(logit: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(logit, target, reduction="sum") / len(logit)

    return regression(data, loss, attributes.shape[1], decay)


def regression(
    data: Prepared, loss: Callable[[Tensor], Tensor], outputs: int, decay: float
) -> Linear:
    """Minimise loss(xW + b) + decay / 2 |W|^2 by L-BFGS, from zero.

    It runs in the eigenbasis of X'X, each axis divided by the root of its mean square + decay:
    there the problem is round, and a tenth of the steps is enough. (W is basis @ inner.)
    """
    shrink = (data.gram.values / len(data.x) + decay).rsqrt()
    basis = data.gram.vectors * shrink
    x = data.x.double() @ basis
    inner = x.new_zeros(x.shape[1], outputs).requires_grad_()
    bias = x.new_zeros(outputs).requires_grad_()
    solver = torch.optim.LBFGS(
        [inner, bias], max_iter=1000, tolerance_grad=1e-6, line_search_fn="strong_wolfe"
    )

    def evaluate() -> Tensor:
        solver.zero_grad()
        penalty = (shrink[:, None] * inner).square().sum()
        value = loss(x @ inner + bias) + decay / 2 * penalty
        value.backward()
        return value

    solver.step(evaluate)
    return (basis @ inner).detach(), bias.detach()
