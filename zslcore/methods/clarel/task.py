"""What training is given."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Labels, Problem
from zslcore.methods.clarel.config import Config
from zslcore.runtime.run import Run
from zslcore.text.tokens import Tokens
from zslcore.text.vocabulary import Vocabulary

STEP = 4  # captions of a batch are padded to a multiple of it


@dataclass(frozen=True)
class Task:
    """Images, captions and classes on the device.

    Attributes:
        x: features (N, V).
        y: classes counted among the seen ones, (N,).
        labels: the same, for drawing batches.
        tokens: captions, for drawing batches.
        ids: all distinct captions, (M, L).
        cfg: settings.
    """

    x: Tensor
    y: Tensor
    labels: Labels
    tokens: Tokens
    ids: Tensor
    cfg: Config

    def words(self, rows: Labels) -> tuple[Tensor, Tensor]:
        """Ids (U, L) and lengths (U,) of distinct captions, cut to the longest of them."""
        lengths = self.tokens.lengths[rows]
        size = min(-(-int(lengths.max()) // STEP) * STEP, self.ids.shape[1])
        return self.ids[self.on_device(rows), :size], self.on_device(lengths)

    def on_device(self, index: Labels) -> Tensor:
        """Positions as a tensor."""
        return torch.from_numpy(index).to(self.x.device, non_blocking=True)


def prepare(problem: Problem, vocabulary: Vocabulary, cfg: Config, run: Run) -> Task:
    """The task of a problem with captions."""
    labels = np.searchsorted(np.flatnonzero(problem.seen), problem.y)
    tokens = vocabulary.encode(problem.captions or (), cfg.text.length, cfg.text.keep)
    x = run.tensor(problem.x).to(torch.get_default_dtype())
    return Task(x, run.tensor(labels), labels, tokens, run.tensor(tokens.ids).long(), cfg)
