"""Pre-training of the segmenter on seen classes, by one process or several of `torchrun`.

Several processes do what one would: the same draws, the same batches shared out among them, loss
and batch norm over the whole batch. They differ from one process by the order of sums only.
"""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil, cos, pi

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from zslcore.features.sync_norm import over_all_processes
from zslcore.nn.resume import remaining
from zslcore.nn.state import State
from zslcore.nn.terms import Terms, log_terms, means
from zslcore.runtime import processes
from zslcore.runtime.run import Run
from zslcore.segments.batches import Batch, Batches, loaded
from zslcore.segments.config import Config, Optimizer
from zslcore.segments.losses import losses
from zslcore.segments.model import Segmenter
from zslcore.segments.source import Training

DROPS = (0.9, 0.95)  # shares of the training after which "drops" divides the rate by ten
NAME = "segmenter"
ALL = "all"  # that the one optimiser is for


def pretrain(training: Training, cfg: Config, run: Run) -> Segmenter:
    """A segmenter for the seen classes; the seed is the run's first.

    A killed run goes on from what is found in `run.scratch`, and ends with the same bytes. Only the
    first of several processes logs and writes checkpoints, which all must be able to read.

    Raises:
        ValueError: an image shows an unseen class or cannot be read; there are fewer images in a
            step than processes.
        Diverged: a term of the loss is not finite; it names term, round and step.
    """
    if cfg.batch_size < processes.count():
        raise ValueError(
            f"batches of {cfg.batch_size} images cannot be shared by {processes.count()} "
            "processes; raise batch_size"
        )
    seed, seen = run.seeds[0], np.flatnonzero(training.seen).tolist()
    segmenter = Segmenter.random(cfg.network, seen, len(training.seen), seed).to(run.device)
    segmenter.train()
    state = State(segmenter, {ALL: optimizer(segmenter, cfg.optimizer)})
    alone = replace(run, seeds=(seed,))
    with over_all_processes(segmenter):
        _train(state, Batches(training, cfg.batch_size, cfg.augment, seed), cfg, alone)
    return segmenter.eval()


def _train(state: State[Segmenter], batches: Batches, cfg: Config, run: Run) -> None:
    network = _shared(state.networks)
    source: Iterator[Batch] = iter(())
    for number, epoch in enumerate(rounds(state, ceil(cfg.steps / cfg.log_every), run)):
        steps = range(epoch * cfg.log_every, min((epoch + 1) * cfg.log_every, cfg.steps))
        if not number:  # where the training begins is known only now
            source = loaded(batches, range(steps.start, cfg.steps), cfg.workers)
        terms = [
            step(state, network, next(source).to(run.device), k / cfg.steps, cfg) for k in steps
        ]
        state.epochs += 1
        found = means(summed(terms), epoch + 1)
        log = run if processes.first() else silent(run)
        state.records += log_terms(found, log, {"epoch": epoch + 1})


def rounds(state: State[Segmenter], count: int, run: Run) -> Iterator[int]:
    """The rounds of steps that are left, the same in all processes; see `remaining`."""
    if processes.first():
        yield from remaining(state, count, run, NAME)
        return
    # what the first process goes on from is read, and never written here
    for start in remaining(state, count, silent(run), NAME):
        yield from range(start, count)
        return


def step(
    state: State[Segmenter], network: nn.Module, batch: Batch, progress: float, cfg: Config
) -> Terms:
    """One update; this process's part of what is logged."""
    half = cfg.precision == "bfloat16"
    with torch.autocast(batch.pixels.device.type, torch.bfloat16, enabled=half):
        found = network(batch.pixels)
    loss, terms = losses(found, batch, cfg.loss)
    optimizer = state.optimizers[ALL]
    optimizer.zero_grad()
    # gradients are averaged over processes, but each process's loss is a part of the sum
    (loss * processes.count()).backward()
    nn.utils.clip_grad_norm_(state.networks.parameters(), cfg.optimizer.clip)
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor(cfg.optimizer, progress)
    optimizer.step()
    return terms


def factor(cfg: Optimizer, progress: float) -> float:
    """The learning rate over its peak at this share of the training."""
    if progress < cfg.warm_up:
        return progress / cfg.warm_up
    if cfg.schedule == "drops":
        return float(0.1 ** sum(progress >= each for each in DROPS))
    return 0.5 + 0.5 * cos(pi * (progress - cfg.warm_up) / (1 - cfg.warm_up))


def optimizer(segmenter: Segmenter, cfg: Optimizer) -> torch.optim.Optimizer:
    """AdamW with a smaller rate for the backbone, and no decay of norms and embeddings."""
    backbone = {id(p) for p in segmenter.network.pixel_level_module.encoder.parameters()}
    kept = {
        id(parameter)
        for module in segmenter.modules()
        if isinstance(module, nn.LayerNorm | nn.GroupNorm | nn.BatchNorm2d | nn.Embedding)
        for parameter in module.parameters(recurse=False)
    }
    groups: dict[tuple[bool, bool], list[Tensor]] = {}
    for parameter in segmenter.parameters():
        key = id(parameter) in backbone, id(parameter) in kept
        groups.setdefault(key, []).append(parameter)
    peaks = {True: cfg.lr * cfg.backbone, False: cfg.lr}
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "peak": peaks[of_backbone],
                "weight_decay": 0.0 if undecayed else cfg.weight_decay,
            }
            for (of_backbone, undecayed), parameters in groups.items()
        ],
        lr=cfg.lr,
        fused=True,
    )


def summed(steps: list[Terms]) -> list[Terms]:
    """The terms of each step over all processes, (1,) each."""
    names = list(steps[0])
    values = processes.total(torch.stack([torch.cat([each[n] for n in names]) for each in steps]))
    return [dict(zip(names, row.split(1), strict=True)) for row in values]


def silent(run: Run) -> Run:
    """The same run, logging nothing."""
    return replace(run, log=lambda record: None)


def _shared(segmenter: Segmenter) -> nn.Module:
    if processes.count() == 1:
        return segmenter
    return DistributedDataParallel(segmenter, forward_sync_buffers=False)
