"""The optimiser's part of a step, in one process or several that share its batch."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from zslcore.methods.spaen.config import Optimizer
from zslcore.nn.terms import Terms
from zslcore.runtime import processes
from zslcore.runtime.run import Run

BIASES = ("b1", "b2", "bias")


def adam(modules: Sequence[nn.Module], cfg: Optimizer, decayed: bool = True) -> torch.optim.Adam:
    """Adam over what is trained of these modules; weight decay is on weights, not on biases."""
    named = [pair for module in modules for pair in module.named_parameters()]
    named = [(name, p) for name, p in named if p.requires_grad]
    groups: list[dict[str, object]] = []
    for is_bias in (False, True):
        chosen = [p for name, p in named if name.endswith(BIASES) == is_bias]
        decay = cfg.weight_decay if decayed and not is_bias else 0.0
        groups.append({"params": chosen, "weight_decay": decay})
    return torch.optim.Adam(groups, lr=cfg.lr, betas=(cfg.beta1, cfg.beta2), fused=True)


def update(
    optimizer: torch.optim.Optimizer, cfg: Optimizer, progress: float, stacked: bool = False
) -> None:
    """One step with the gradients that stand; those of several processes are summed first.

    Args:
        optimizer: of `adam`.
        cfg: settings.
        progress: share of the steps that are done.
        stacked: whether each parameter has a leading index of seeds, and each seed's gradient its
            own length; such a training every process does as a whole, so nothing is summed.
    """
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    if not stacked:
        sum_gradients(parameters)
    if cfg.clip:
        for each in parameters:
            shorten(each.grad, cfg.clip, stacked)
    for group in optimizer.param_groups:
        group["lr"] = cfg.lr * (cfg.decay if progress >= cfg.decay_at else 1.0)
    optimizer.step()


def sum_gradients(parameters: Iterable[Tensor]) -> None:
    """The sum over the processes, in each; a loss is therefore divided by the whole batch."""
    if processes.count() == 1:
        return
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = processes.total(torch.cat([each.flatten() for each in gradients]))
    parts = flat.split([each.numel() for each in gradients])
    for each, part in zip(gradients, parts, strict=True):
        each.copy_(part.view_as(each))


def shorten(gradient: Tensor | None, length: float, stacked: bool) -> None:
    """Of a tensor's gradient (code: each variable's own), or of each seed's part of it."""
    if gradient is None:
        return
    rows = gradient.flatten(1) if stacked else gradient.reshape(1, -1)
    factor = length / rows.norm(dim=1).clamp_min(length)
    gradient.mul_(factor.view(-1, *[1] * (gradient.ndim - 1)) if stacked else factor)


def totals(terms: Terms) -> Terms:
    """The processes' parts of each term, summed; without gradient."""
    summed = processes.total(torch.stack(list(terms.values())))
    return dict(zip(terms, summed, strict=True))


def of_process(run: Run) -> Run:
    """The run as one of several processes sees it: the first logs, and none writes checkpoints."""
    if processes.count() == 1:
        return run
    return replace(run, scratch=None, log=run.log if processes.first() else lambda record: None)
