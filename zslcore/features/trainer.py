"""Epochs of a classifier's training, alone or as one of several processes that share each batch."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from zslcore.data.problem import Labels
from zslcore.features.augment import draw
from zslcore.features.backbone import Backbone
from zslcore.features.config import Config
from zslcore.features.images import Images
from zslcore.features.loader import inputs
from zslcore.runtime import processes
from zslcore.runtime.run import Record, Run

WARM_UP = 0.3  # share of the training in which the learning rate rises


@dataclass(frozen=True)
class Training:
    """The training images of a phase.

    Attributes:
        images: of the dataset.
        rows: those to train on, (N,).
        y: their class ids, (N,).
    """

    images: Images
    rows: Labels
    y: Labels


def one_cycle(done: float) -> float:
    """The learning rate over its peak, when this share of the training is done."""
    if done < WARM_UP:
        return done / WARM_UP
    return 0.5 + 0.5 * math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))


class Trainer:
    """A backbone with a new classifier over the classes that occur, its optimizer and its data.

    Raises:
        ValueError: a batch has fewer images than there are processes.
    """

    def __init__(self, backbone: Backbone, training: Training, cfg: Config, run: Run) -> None:
        self.backbone, self.model, self.training = backbone, backbone.model, training
        self.cfg, self.workers = cfg.finetune, cfg.workers
        self.seed, self.device = run.seeds[0], run.device
        self.steps = math.ceil(len(training.rows) / self.cfg.batch_size)
        if len(training.rows) // self.steps < processes.count():
            raise ValueError(
                f"fine-tuning: batches of {len(training.rows) // self.steps} images cannot be "
                f"shared by {processes.count()} processes; raise finetune.batch_size"
            )
        self.classes, self.targets = np.unique(training.y, return_inverse=True)
        self.model.reset_classifier(len(self.classes))
        self.model.to(run.device, memory_format=torch.channels_last)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=self.cfg.lr, weight_decay=self.cfg.weight_decay
        )
        self.network = self.model
        if processes.count() > 1:
            self.network = DistributedDataParallel(self.model, forward_sync_buffers=False)

    def epoch(self, number: int, advance: Callable[[int], object]) -> Record:
        """Train on every image once; mean loss and accuracy meanwhile.

        Args:
            number: of the epoch, from 0.
            advance: told the number of images of each step.

        Raises:
            FloatingPointError: the loss is not finite.
        """
        n = len(self.targets)
        draws = np.random.default_rng([self.seed, number])
        torch.manual_seed(draws.integers(2**62))  # of dropout, where a model has it
        batches = np.array_split(draws.permutation(n), self.steps)
        changes = draw(n, self.cfg, draws)
        own = [batch[processes.share(len(batch))] for batch in batches]
        sums = torch.zeros(2, dtype=torch.float64, device=self.device)
        self.model.train()
        for step, (part, x) in enumerate(zip(own, self._inputs(own), strict=True)):
            done = (number + (step + 0.5) / self.steps) / self.cfg.epochs
            for group in self.optimizer.param_groups:
                group["lr"] = self.cfg.lr * one_cycle(done)
            sums += self._step(changes[part](x), self.targets[part], len(batches[step]))
            if not torch.isfinite(sums[0]):
                raise FloatingPointError(
                    f"fine-tuning: the loss is not finite in epoch {number + 1}, "
                    f"step {step + 1}; lower finetune.lr"
                )
            advance(len(batches[step]))
        loss, accuracy = (sums / n).tolist()
        return {"epoch": number + 1, "loss": loss, "accuracy": accuracy}

    def _step(self, x: Tensor, targets: Labels, size: int) -> Tensor:
        """One update on this process's part of a batch; loss and hits, (2,), of all its images."""
        y = torch.as_tensor(targets, device=self.device)
        logits = self.network(x)
        loss = F.cross_entropy(logits, y, label_smoothing=self.cfg.label_smoothing, reduction="sum")
        self.optimizer.zero_grad()
        # the gradients are averaged over processes, but the loss is a mean over all images
        (loss * processes.count() / size).backward()
        self.optimizer.step()
        hits = (logits.argmax(dim=1) == y).sum()
        return processes.total(torch.stack((loss, hits.to(loss))))

    def _inputs(self, batches: list[Labels]) -> Iterator[Tensor]:
        rows = [self.training.rows[batch] for batch in batches]
        return inputs(
            self.training.images, rows, self.backbone.preprocess, self.workers, self.device
        )
