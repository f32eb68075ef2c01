"""Which images a step sees, drawn for every seed on its own."""

import torch
from torch import Tensor

from zslcore.methods.dedn.config import Training
from zslcore.nn.streams import Streams


class Batches:
    """Positions of training images, (S, B), one draw after the other: a step knows no epoch.

    balanced: as many distinct classes as there are, at most `batch_size`, and of each of them
    batch_size // classes images, drawn with replacement; a batch may be smaller than asked for, as
    the code's 40 of 50 are on AWA2. uniform: distinct images of the whole set.

    Args:
        y: class of each image, (N,), on the device.
        cfg: settings.
        streams: random numbers.
    """

    def __init__(self, y: Tensor, cfg: Training, streams: Streams) -> None:
        self.cfg, self.streams, self.images = cfg, streams, len(y)
        _, self.count = torch.unique(y, return_counts=True)
        self.by_class = y.argsort(stable=True)
        self.start = self.count.cumsum(0) - self.count

    def __call__(self) -> Tensor:
        size = self.cfg.batch_size
        if self.cfg.sampler == "uniform":
            return self.streams.permutations(self.images)[:, :size]
        classes = min(size, len(self.count))
        drawn = self.streams.permutations(len(self.count))[:, :classes]
        drawn = drawn.repeat_interleave(size // classes, 1)
        within = self.streams.uniform(*drawn.shape[1:]) * self.count[drawn]
        return self.by_class[self.start[drawn] + within.long()]


def steps_of(epoch: int, images: int, size: int) -> int:
    """Steps of an epoch, counted from 0: all of them together have images * epochs // size.

    A set smaller than one batch counts as one.
    """
    images = max(images, size)
    return images * (epoch + 1) // size - images * epoch // size
