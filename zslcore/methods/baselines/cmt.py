"""Cross-modal transfer: Socher et al. 2013, https://arxiv.org/abs/1301.3666.

    cmt        two layers from images to class vectors
    cmt_star   with its Gaussian novelty gate between the seen and the unseen classes

Trained by Adam on batches, with a learning rate that falls linearly to 0.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from zslcore.methods.baselines.prepared import ROWS, Prepared
from zslcore.methods.baselines.scorers import Gated, Network
from zslcore.nn.streams import Streams, check_finite


class Descent(NamedTuple):
    """A setting of params.yaml."""

    hidden: int
    lr: float
    decay: float
    epochs: int
    batch_size: int


def cmt(data: Prepared, **setting: Any) -> Network:
    """One network per seed, all trained side by side.

    Raises:
        Diverged: the loss is not finite.
    """
    how = Descent(**setting)
    w1, w2 = data.once(f"cmt {how}", lambda: train(data, how))
    return Network(w1, w2, data.vectors.float())


def cmt_star(data: Prepared, *, quantile: float, **setting: Any) -> Gated:
    """The same network; its gate takes a share `quantile` of the training images for unseen."""
    network = cmt(data, **setting)
    near = torch.cat([network(x) for x in data.x.split(ROWS)], dim=1)
    spread = -(near[..., data.seen] * data.own).sum(1) / data.members / data.vectors.shape[1]
    zero = torch.zeros(len(near)).to(near)
    gate = Gated(**vars(network), seen=data.seen, spread=spread.float(), threshold=zero)
    return replace(gate, threshold=gate.seenness(near).quantile(quantile, dim=1))


def train(data: Prepared, how: Descent) -> tuple[Tensor, Tensor]:
    """W1 (S, D, H) and W2 (S, H, A) minimise |tanh(x W1) W2 - s|^2 over the images."""
    streams, vectors = Streams(data.run), data.seen_vectors.float()
    usual = data.x.square().sum(1).mean().sqrt()  # so that no hidden unit starts saturated
    w1 = (streams.normal(data.x.shape[1], how.hidden) / usual).requires_grad_()
    w2 = (streams.normal(how.hidden, vectors.shape[1]) / how.hidden**0.5).requires_grad_()
    solver = torch.optim.Adam([w1, w2], weight_decay=how.decay)
    losses = []
    for rows, ahead in streams.batches(len(data.x), how.batch_size, how.epochs):
        error = (data.x[rows] @ w1).tanh() @ w2 - data.own[rows].float() @ vectors
        loss = error.square().sum(-1).mean(-1)
        solver.zero_grad()
        loss.sum().backward()
        solver.param_groups[0]["lr"] = how.lr * ahead
        solver.step()
        losses.append(loss.detach())
    check_finite(losses)
    return w1.detach(), w2.detach()
