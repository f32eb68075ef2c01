"""The training loop of CLAREL, for one seed."""

from dataclasses import replace
from math import ceil, cos, pi

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from zslcore.methods.clarel.batches import Batches, Drawn
from zslcore.methods.clarel.config import Optimizer
from zslcore.methods.clarel.encoders import Networks
from zslcore.methods.clarel.losses import retrieval, total
from zslcore.methods.clarel.masked import Block, MaskedNorm
from zslcore.methods.clarel.task import Task
from zslcore.nn.resume import remaining
from zslcore.nn.seeding import seeded
from zslcore.nn.state import State
from zslcore.nn.terms import Terms, log_terms, means
from zslcore.runtime.run import Run

ALL = "all"  # that the one optimiser is for
TRAINING = 1  # key of a seed's random numbers; 0 is that of the initial weights


def train(networks: Networks, task: Task, seed: int, run: Run) -> None:
    """Train in place; the last step counts.

    Raises:
        Diverged: a term of the loss is not finite; it names term, round and step.
    """
    cfg = task.cfg
    state = State(networks, {ALL: optimizer(networks, cfg.optimizer)})
    batches = Batches(task.tokens, task.labels, cfg.batch)
    networks.train()
    for epoch in remaining(state, ceil(cfg.steps / cfg.log_every), run, f"clarel, seed {seed}"):
        done, rng = epoch * cfg.log_every, np.random.default_rng([seed, TRAINING, epoch])
        with seeded(run.device, int(rng.integers(2**62))):  # of dropout
            steps = [
                step(state, task, batches.draw(rng), k / cfg.steps)
                for k in range(done, min(done + cfg.log_every, cfg.steps))
            ]
        state.epochs += 1
        terms, alone = means(steps, epoch + 1), replace(run, seeds=(seed,))
        state.records += log_terms(terms, alone, {"epoch": epoch + 1})
    networks.eval()


def step(state: State[Networks], task: Task, drawn: Drawn, progress: float) -> Terms:
    """One update; the terms of the loss before they are weighted, scalars as (1,)."""
    cfg = task.cfg
    terms = losses(state.networks, task, drawn)
    optimizer = state.optimizers[ALL]
    optimizer.zero_grad()
    total(terms, cfg.loss).backward()
    clip(state.networks, cfg.optimizer.clip)
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(cfg.optimizer, progress)
    optimizer.step()
    return {name: term.detach()[None] for name, term in terms.items()}


def losses(networks: Networks, task: Task, drawn: Drawn) -> Terms:
    """The terms of the objective; one whose weight is 0 is not computed."""
    cfg = task.cfg.loss
    images = task.on_device(drawn.images)
    z_v = networks.images(task.x[images])
    z_t = text_embeddings(networks, task, drawn)
    terms = retrieval(z_v, z_t, cfg) if cfg.kappa < 1 else {}
    if cfg.kappa > 0:
        y = task.y[images]
        heads = {"image": (networks.image_classes, z_v), "text": (networks.text_classes, z_t)}
        used = heads if cfg.classifiers == "both" else (cfg.classifiers,)
        each = [cross_entropy(heads[name][0](heads[name][1]), y) for name in used]
        terms["classification"] = torch.stack(each).mean()
    return terms


def text_embeddings(networks: Networks, task: Task, drawn: Drawn) -> Tensor:
    """z_t of a batch, (B, Z); every distinct caption is encoded once."""
    tokens = task.tokens
    encoded = networks.captions(tokens.ids[drawn.rows], tokens.lengths[drawn.rows], drawn.times)
    share = torch.from_numpy(drawn.share).to(encoded)
    return networks.texts(encoded[task.on_device(drawn.places)], share)


def optimizer(networks: Networks, cfg: Optimizer) -> torch.optim.Optimizer:
    """Weight decay is on convolutions and their batch norms alone (code)."""
    decayed = [
        parameter
        for module in networks.modules()
        if isinstance(module, Block | MaskedNorm)
        for parameter in module.parameters()
    ]
    of_blocks = {id(parameter) for parameter in decayed}
    others = [p for p in networks.parameters() if p.requires_grad and id(p) not in of_blocks]
    groups = [
        {"params": list(dict.fromkeys(decayed)), "weight_decay": cfg.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if cfg.kind == "sgd":
        return torch.optim.SGD(groups, lr=cfg.lr, momentum=cfg.momentum)
    return torch.optim.AdamW(groups, lr=cfg.lr)


def learning_rate(cfg: Optimizer, progress: float) -> float:
    """At this share of the training: SGD's falls to a tenth twice, AdamW's along a cosine."""
    if cfg.kind == "sgd":
        return cfg.lr * 0.1 ** int(3 * progress)
    return cfg.lr * (1 + cos(pi * progress)) / 2


def clip(networks: nn.Module, length: float) -> None:
    """Shorten each parameter tensor's gradient to this length (code); 0 = leave all as they are."""
    if length:
        for parameter in networks.parameters():
            if parameter.grad is not None:
                nn.utils.clip_grad_norm_([parameter], length)
