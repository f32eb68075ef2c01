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
    agreement,
)

Linear = tuple[Tensor, Tensor]  # weight (D, J), bias (J,)


def dap(data: Prepared, *, decay: float, prior: Prior) -> DirectAttributes:
    """log p(z|x) = sum over attributes of log p(a|x) - log p(a)."""
    attributes = binary_attributes(data)
    weight, bias = data.once(f"attributes {decay}", lambda: attribute_regression(data, decay))
    return DirectAttributes(weight, bias, attributes, log_prior(attributes, data.seen, prior))


def iap(data: Prepared, *, decay: float, prior: Prior) -> IndirectAttributes:
    """The same with p(a|x) = sum over seen classes of p(class|x) [it has the attribute]."""
    attributes = binary_attributes(data)
    chances = log_prior(attributes, data.seen, prior)
    weight, bias = class_regression(data, decay)
    return IndirectAttributes(weight, bias, attributes[data.seen], attributes, chances)


def conse(data: Prepared, *, decay: float, top: int) -> Mixture:
    """The class nearest to the mixture of the `top` likeliest seen ones."""
    return Mixture(*class_regression(data, decay), data.seen_vectors, data.vectors, top)


def binary_attributes(data: Prepared) -> Tensor:
    """The attributes that distinguish seen classes, as 0 or 1, (K, A' <= A)."""
    high = data.vectors > data.seen_vectors.mean(0)
    some, all_ = high[data.seen].any(0), high[data.seen].all(0)
    return high[:, some & ~all_].double()


def log_prior(attributes: Tensor, seen: Tensor, prior: Prior) -> Tensor:
    """log p(a) of each class's attributes, their share among the seen classes or 1/2, (K,)."""
    share = attributes[seen].mean(0)
    if prior == "half":
        share = torch.full_like(share, 0.5)
    return agreement(share.log(), (1 - share).log(), attributes)


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
