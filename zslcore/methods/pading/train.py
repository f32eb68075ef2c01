"""The training loop of PADing, for one seed."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Literal, NamedTuple

import torch

from zslcore.methods.pading.batches import Batches
from zslcore.methods.pading.config import Config, Optimizer
from zslcore.methods.pading.networks import Networks
from zslcore.methods.pading.objective import classifier_terms, generator_terms, total
from zslcore.methods.pading.task import Task
from zslcore.nn.resume import remaining
from zslcore.nn.seeding import seed_of, seeded
from zslcore.nn.state import State
from zslcore.nn.terms import Terms, log_terms, means
from zslcore.runtime.run import Run

TRAINING = 1  # key of a seed's random numbers; 0 is that of the initial weights


class Step(NamedTuple):
    """What is trained, and how many steps of its own came before."""

    of: Literal["generator", "classifier"]
    number: int


def train(networks: Networks, task: Task, seed: int, run: Run) -> None:
    """Train in place; the last step counts.

    Raises:
        Diverged: a term is not finite; it names term, round and step.
    """
    cfg, alone = task.cfg, replace(run, seeds=(seed,))
    state, batches, steps = State(networks, optimizers(networks, cfg)), Batches(task), plan(cfg)
    for epoch in remaining(state, ceil(len(steps) / cfg.log_every), run, f"pading, seed {seed}"):
        start = epoch * cfg.log_every
        with seeded(run.device, seed_of(seed, TRAINING, epoch)):
            done = [step(state, task, batches, s) for s in steps[start : start + cfg.log_every]]
        state.epochs += 1
        state.records += log_terms(means(done, epoch + 1), alone, {"epoch": epoch + 1})


def plan(cfg: Config) -> Sequence[Step]:
    """All steps in order: the generator's, then the classifier's (paper), or by turns (code).

    By turns, the steps of both are spread evenly over the training; a generator's comes first.
    """
    if cfg.generator == "none":
        return []
    classifier = [Step("classifier", k) for k in range(cfg.classifier.iterations)]
    if cfg.generator == "projection":
        return classifier
    generator = [Step("generator", k) for k in range(cfg.optimizer.iterations)]
    if cfg.schedule == "sequential":
        return generator + classifier
    length = {"generator": len(generator), "classifier": len(classifier)}
    # exact shares: k / n by cross-multiplication; of equal ones the generator's stays first
    scale = len(generator) * len(classifier)
    return sorted(generator + classifier, key=lambda s: s.number * scale // length[s.of])


def step(state: State[Networks], task: Task, batches: Batches, this: Step) -> Terms:
    """One update; the terms before they are weighted, (1,)."""
    networks, optimizer = state.networks, state.optimizers[this.of]
    if this.of == "generator":
        index = batches()
        real = task.embeddings(task.x, index)
        terms = generator_terms(networks, task, real, task.y[index])
        loss = total(terms, task.cfg)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(task.cfg.optimizer, this.number)
    else:
        terms = classifier_terms(networks, task)
        loss = terms["classification"]
    optimizer.zero_grad()
    loss.sum().backward()
    optimizer.step()
    return {name: term.detach() for name, term in terms.items()}


def optimizers(networks: Networks, cfg: Config) -> dict[str, torch.optim.Optimizer]:
    """SGD of the classifier, Adam of all else; a projection's map is trained by Adam, too."""
    head, c = list(networks.head.parameters()), cfg.classifier
    if cfg.generator == "projection":
        return {"classifier": torch.optim.Adam(head, lr=cfg.projection.lr, fused=True)}
    kept = {id(parameter) for parameter in head}
    others = [p for p in networks.parameters() if id(p) not in kept]
    sgd = torch.optim.SGD(head, lr=c.lr, momentum=c.momentum, weight_decay=c.weight_decay)
    return {
        "classifier": sgd,
        "generator": torch.optim.Adam(others, lr=cfg.optimizer.lr, fused=True),
    }


def learning_rate(cfg: Optimizer, number: int) -> float:
    """Of a generator's step: a tenth from each of the shares `tenth_at` on."""
    return cfg.lr * 0.1 ** sum(number >= share * cfg.iterations for share in cfg.tenth_at)
