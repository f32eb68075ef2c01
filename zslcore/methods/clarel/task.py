"""What training is given."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Array, Labels, Problem, Rows
from zslcore.methods.clarel.config import Config
from zslcore.runtime.run import Run
from zslcore.text.encode import encode
from zslcore.text.sentences import Sentences
from zslcore.text.tokens import Tokens
from zslcore.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class Task:
    """Images, captions and classes on the device.

    Attributes:
        x: features (N, V).
        y: classes counted among the seen ones, (N,).
        labels: the same, for drawing batches.
        tokens: captions.
        cfg: settings.
    """

    x: Tensor
    y: Tensor
    labels: Labels
    tokens: Tokens
    cfg: Config

    def on_device(self, index: Labels) -> Tensor:
        """Positions as a tensor."""
        return torch.from_numpy(index).to(self.x.device, non_blocking=True)


def prepare(problem: Problem, known: Vocabulary | Sentences, cfg: Config, run: Run) -> Task:
    """The task of a problem with captions."""
    labels = np.searchsorted(np.flatnonzero(problem.seen), problem.y)
    tokens = encode(known, problem.captions or (), cfg.text)
    x = run.tensor(features(cfg, problem.x, problem.regions)).to(torch.get_default_dtype())
    return Task(x, run.tensor(labels), labels, tokens, cfg)


def features(cfg: Config, pooled: Array, regions: Rows | None) -> Array:
    """What the image encoder sees of N images, (N, V) float32.

    Pooled features (paper), or region maps side by side: these know where in the image a thing is,
    which tells images of a class apart. The latter are read into memory.

    Raises:
        ValueError: there are no region maps.
    """
    if cfg.features == "pooled":
        return pooled
    if regions is None:
        raise ValueError("clarel.features is regions, and there are no region maps of the images")
    return np.asarray(regions[:], np.float32).reshape(len(regions), -1)
