"""Batches of images with the targets of the loss.

What a step sees depends on the seed and the step alone: not on how many processes share it, nor on
whether the training was interrupted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from zslcore.data.problem import Labels
from zslcore.runtime import processes
from zslcore.segments.augment import Change, augmented, draw, resized
from zslcore.segments.config import Augment, Size
from zslcore.segments.source import Pixels, Training
from zslcore.segments.targets import Target, Targets

ORDER, CHANGES, PASSES = range(3)  # keys of a seed's random numbers
STRIDE = 32  # of the coarsest feature map: input sides are multiples of it
MEAN = (123.675, 116.28, 103.53)  # of the channels in ImageNet, of 255
STD = (58.395, 57.12, 57.375)


class Batch(NamedTuple):
    """Images of one size, and the n segments of all of them, image by image.

    Attributes:
        pixels: uint8, (B, 3, H, W); H and W are multiples of 32.
        masks: bool, (n, H, W).
        labels: classes among the seen ones, (n,).
        counts: segments of each image, (B,).
        seeds: of the random points of each image, (B,).
    """

    pixels: Tensor
    masks: Tensor
    labels: Tensor
    counts: Tensor
    seeds: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on a device; counts and seeds stay where they are read."""
        pixels, masks, labels = (each.to(device, non_blocking=True) for each in self[:3])
        return Batch(pixels, masks, labels, self.counts, self.seeds)


@dataclass(frozen=True)
class Batches:
    """The batches of a training.

    Attributes:
        training: what to draw from.
        size: images of a step, over all processes.
        augment: random changes.
        seed: of all draws.
    """

    training: Training
    size: int
    augment: Augment
    seed: int

    @cached_property
    def _targets(self) -> Targets:
        return Targets(self.training.seen, self.training.class_names)

    def rows(self, step: int) -> list[int]:
        """The images of a step, over all processes; each is seen once before one is seen again."""
        n = len(self.training.images)
        places = np.arange(step * self.size, (step + 1) * self.size)
        rows = np.empty(self.size, np.int64)
        for epoch in np.unique(places // n).tolist():
            order = np.random.default_rng([self.seed, ORDER, epoch]).permutation(n)
            inside = places // n == epoch
            rows[inside] = order[places[inside] % n]
        return rows.tolist()

    def __call__(self, step: int) -> Batch:
        """This process's part of a step.

        Raises:
            ValueError: an image shows an unseen class, cannot be read, or is of another size than
                the others where there is no crop.
        """
        rng = np.random.default_rng([self.seed, CHANGES, step])
        changes = draw(rng, self.size, self.augment)
        seeds = rng.integers(2**62, size=self.size)
        own, rows = processes.share(self.size), self.rows(step)
        shown = [self._shown(*each) for each in zip(rows[own], changes[own], strict=True)]
        return collated(shown, seeds[own], self.augment.crop)

    def _shown(self, row: int, change: Change) -> tuple[Pixels, Target]:
        pixels, target = labelled(self.training, self._targets, row)
        return _without_empty(*augmented(pixels, target.masks, change, self.augment.crop), target)


@dataclass(frozen=True)
class Passes:
    """Batches of all images in order, once as they are and further times augmented.

    Attributes:
        training: the images.
        size: images of a batch.
        resize: of the first pass.
        augment: of the others.
        seed: of all draws.
    """

    training: Training
    size: int
    resize: Size
    augment: Augment
    seed: int

    @cached_property
    def _targets(self) -> Targets:
        return Targets(self.training.seen, self.training.class_names)

    def __call__(self, rows: Sequence[int]) -> Batch:
        """The images at positions that count on from pass to pass: p N + i.

        Raises:
            ValueError: as a training's batches.
        """
        seeds = np.array([self._rng(row).integers(2**62) for row in rows])
        crop = self.augment.crop if rows[0] >= len(self.training.images) else 0
        return collated([self._shown(row) for row in rows], seeds, crop)

    def _shown(self, row: int) -> tuple[Pixels, Target]:
        again, image = divmod(row, len(self.training.images))
        pixels, target = labelled(self.training, self._targets, image)
        if not again:
            return _without_empty(*resized(pixels, target.masks, self.resize), target)
        (change,) = draw(self._rng(row), 1, self.augment)
        return _without_empty(*augmented(pixels, target.masks, change, self.augment.crop), target)

    def _rng(self, row: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, PASSES, row])


def labelled(training: Training, targets: Targets, row: int) -> tuple[Pixels, Target]:
    """An image and its target.

    Raises:
        ValueError: the image shows an unseen class, or is not uint8 (H, W, 3).
    """
    pixels = training.images[row]
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"image {row} is {pixels.dtype} {pixels.shape}; allowed: uint8 (H, W, 3)")
    return pixels, targets(row, pixels, training.segments(row))


def collated(shown: Sequence[tuple[Pixels, Target]], seeds: Labels, crop: int) -> Batch:
    """Images and targets as one batch, filled up at the bottom and at the right.

    Args:
        shown: B images (H, W, 3), each with its target.
        seeds: of their points, (B,).
        crop: the sides of the batch, in pixels; 0 = those of the images.

    Raises:
        ValueError: without crop, images differ in size.
    """
    sizes = {pixels.shape[:2] for pixels, _ in shown}
    if len(sizes) > 1 and not crop:
        raise ValueError(
            f"images of a batch differ in size: {' and '.join(map(str, sorted(sizes)[:2]))} "
            "(height, width); set a crop, or batches of one image"
        )
    height, width = (crop, crop) if crop else map(padded, sizes.pop())
    counts = [len(target.labels) for _, target in shown]
    # what is filled in is 0 once it is normalised
    x = np.full((len(shown), height, width, 3), np.round(MEAN), np.uint8)
    masks = np.zeros((sum(counts), height, width), bool)
    for k, (pixels, target) in enumerate(shown):
        rows, columns = pixels.shape[:2]
        x[k, :rows, :columns] = pixels
        masks[sum(counts[:k]) : sum(counts[: k + 1]), :rows, :columns] = target.masks
    labels = np.concatenate([target.labels for _, target in shown])
    channels_first = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    return Batch(*map(torch.from_numpy, (channels_first, masks, labels, np.array(counts), seeds)))


def padded(side: int) -> int:
    """The multiple of 32 that a side is filled up to."""
    return -(-side // STRIDE) * STRIDE


def normalised(pixels: Tensor, kind: torch.dtype) -> Tensor:
    """uint8 (B, 3, H, W) -> what a network takes: mean 0 and variance 1 over ImageNet."""
    mean, std = (pixels.new_tensor(each, dtype=kind)[:, None, None] for each in (MEAN, STD))
    return (pixels.to(kind) - mean) / std


def loaded(make: Callable[[Any], Batch], keys: Iterable[Any], workers: int) -> Iterator[Batch]:
    """The batch of each key, in order, prepared by so many processes that read ahead.

    Raises:
        ValueError: what `make` raises.
    """
    source = DataLoader(
        _Made(make),
        batch_size=None,
        sampler=keys,
        num_workers=workers,
        generator=torch.Generator(),  # it draws from it even if nothing is random
    )
    for batch in source:
        if isinstance(batch, ValueError):
            raise batch
        yield batch


class _Made(Dataset[Batch | ValueError]):
    def __init__(self, make: Callable[[Any], Batch]) -> None:
        self.make = make

    def __getitem__(self, key: Any) -> Batch | ValueError:
        try:
            return self.make(key)
        except ValueError as error:  # raised where it is read, as it is: not in a worker's report
            return error


def _without_empty(pixels: Pixels, masks: Any, target: Target) -> tuple[Pixels, Target]:
    """Segments that the crop has left nothing of are no targets."""
    kept = masks.any(axis=(1, 2))
    return pixels, Target(masks[kept], target.labels[kept])
