"""The training loop of DEDN: both experts at once, each taught by labels and by the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from zslcore.methods.dedn.batches import Batches, steps_of
from zslcore.methods.dedn.losses import (
    classification_loss,
    pair_loss,
    self_calibration_loss,
    with_margin,
)
from zslcore.methods.dedn.networks import Weights, outputs
from zslcore.methods.dedn.task import Task
from zslcore.nn.resume import remaining
from zslcore.nn.streams import Streams
from zslcore.nn.terms import Terms, log_terms, means
from zslcore.runtime.run import Record, Run

BATCHES = 1  # key of the random streams that draw them; initial weights have the plain seeds


@dataclass
class State:
    """What training changes; see `zslcore.nn.resume`."""

    weights: Weights
    optimizer: torch.optim.Optimizer
    epochs: int = 0
    records: list[Record] = field(default_factory=list)

    def packed(self) -> dict[str, Any]:
        """Weights and optimiser."""
        values = {name: weight.detach() for name, weight in self.weights.items()}
        return {"weights": values, "optimizer": self.optimizer.state_dict()}

    def unpack(self, packed: dict[str, Any]) -> None:
        """Set both as they were."""
        for name, weight in self.weights.items():
            weight.data.copy_(packed["weights"][name])
        self.optimizer.load_state_dict(packed["optimizer"])


def train(weights: Weights, task: Task, run: Run) -> None:
    """Train all seeds side by side, in place; the last epoch counts.

    Raises:
        Diverged: a term of the loss is not finite; it names term, epoch and iteration.
    """
    cfg = task.cfg
    state = State(weights, optimizer(weights, task))
    for epoch in remaining(state, cfg.epochs, run, "dedn"):
        draw = Batches(task.y, cfg, Streams(run, BATCHES, epoch))
        steps = []
        for _ in range(steps_of(epoch, len(task.maps), cfg.batch_size)):
            batch = draw()
            terms = losses(weights, task, task.maps[batch], task.y[batch])
            loss = total(terms, task).sum()  # of seeds, which share no weight
            state.optimizer.zero_grad()
            loss.backward()
            state.optimizer.step()
            steps.append({name: term.detach() for name, term in terms.items()})
        state.epochs += 1
        state.records += log_terms(means(steps, epoch + 1), run, {"epoch": epoch + 1})
    for weight in weights.values():
        weight.requires_grad_(False)


def optimizer(weights: Weights, task: Task) -> torch.optim.Optimizer:
    """RMSprop over all that is trained."""
    cfg = task.cfg.optimizer
    trained = [name for name in weights if name != "v" or task.cfg.train_vectors]
    return torch.optim.RMSprop(
        [weights[name].requires_grad_() for name in trained],
        lr=cfg.lr,
        alpha=cfg.smoothing,
        momentum=cfg.momentum,
        weight_decay=cfg.weight_decay,
    )


def losses(weights: Mapping[str, Tensor], task: Task, maps: Tensor, y: Tensor) -> Terms:
    """The terms of eqs. 16 to 18 before they are weighted, those of both experts summed, (S,).

    A term whose weight is 0 is not computed.

    Args:
        weights: of S seeds.
        task: signatures, layout, settings.
        maps: (S, B, R, C).
        y: (S, B).
    """
    layout, cfg = task.layout, task.cfg.loss
    o = outputs(weights, layout, maps, task.cfg.precision)
    of = [{b: o[b][..., layout.of_expert(e)] for b in o} for e in layout.experts]
    p = [mixed(each, task.cfg.training_lambda_rc) @ task.signatures.T for each in of]
    pm = [with_margin(each, task.seen, cfg.margin) for each in p]
    terms = {"classification": _sum(classification_loss(e, y, task.seen, cfg) for e in p)}
    if cfg.align and len(layout.branches) == 2:
        terms["align"] = _sum(pair_loss(e["region"], e["channel"], cfg.pair) for e in of)
    if cfg.distill and len(layout.experts) == 2:
        coarse, fine = p if cfg.pair == "paper" else pm
        terms["distill"] = pair_loss(coarse, fine, cfg.pair)
    if cfg.self_calibration:
        terms["self_calibration"] = _sum(self_calibration_loss(e, task.seen) for e in pm)
    return terms


def total(terms: Terms, task: Task) -> Tensor:
    """Eq. 18, (S,)."""
    cfg = task.cfg.loss
    weight = {"align": cfg.align, "distill": cfg.distill, "self_calibration": cfg.self_calibration}
    return _sum(weight.get(name, 1.0) * term for name, term in terms.items())


def mixed(o: Mapping[str, Tensor], lambda_rc: float | None) -> Tensor:
    """O of one expert: eq. 8, the plain sum without a weight, or the only branch there is."""
    if len(o) == 1:
        return next(iter(o.values()))
    if lambda_rc is None:
        return o["region"] + o["channel"]
    return lambda_rc * o["region"] + (1 - lambda_rc) * o["channel"]


def _sum(terms: Any) -> Tensor:
    return torch.stack(list(terms)).sum(0)
