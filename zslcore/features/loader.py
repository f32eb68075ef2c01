"""Batches of inputs, prepared beside the training or the extraction that consumes them."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from zslcore.data.problem import Labels
from zslcore.features.images import Images
from zslcore.features.preprocess import Preprocess


class _Inputs(Dataset[Tensor | ValueError]):
    """A dataset whose items are batches; the key of one is the rows in it."""

    def __init__(self, images: Images, preprocess: Preprocess) -> None:
        self.images, self.preprocess = images, preprocess

    def __getitem__(self, rows: Labels) -> Tensor | ValueError:
        try:
            return self.preprocess(self.images, rows)
        except ValueError as error:  # raised where it is read, as it is: not in a worker's report
            return error


def inputs(
    images: Images,
    batches: Sequence[Labels],
    preprocess: Preprocess,
    workers: int,
    device: torch.device,
) -> Iterator[Tensor]:
    """The inputs of each batch of rows, (B, 3, height, width), on the device.

    Args:
        images: of the dataset.
        batches: the rows of each batch, in order.
        preprocess: of the backbone.
        workers: processes that read ahead; 0 reads here, when a batch is asked for.
        device: where the backbone is.

    Raises:
        ValueError: an image cannot be read.
    """
    pinned = device.type == "cuda"
    loader: DataLoader[Any] = DataLoader(
        _Inputs(images, preprocess),
        batch_size=None,
        sampler=batches,
        num_workers=workers,
        pin_memory=pinned,
    )
    for batch in loader:
        if isinstance(batch, ValueError):
            raise batch
        yield batch.to(device, non_blocking=pinned, memory_format=torch.channels_last)
