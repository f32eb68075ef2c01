"""Embeddings of the segments of training images, kept once for everything that learns from them.

Queries are matched with segments as in training; those that are left over are "no object".
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from zslcore.data.problem import Array, Labels
from zslcore.features.row_file import RowFile
from zslcore.runtime import processes
from zslcore.runtime.progress import counting
from zslcore.runtime.run import Run
from zslcore.segments.batches import Batch, Passes, loaded
from zslcore.segments.config import Config, Embed
from zslcore.segments.matching import NONE, Predictions, draw_points, match
from zslcore.segments.model import ClassLayer, Segmenter
from zslcore.segments.source import Training

EMBEDDINGS, LABELS = "embeddings.npy", "labels.npy"
WEIGHT, BIAS = "class_weight.npy", "class_bias.npy"
NO_OBJECT = -1  # among labels


class Embeddings(NamedTuple):
    """What was kept.

    Attributes:
        x: of matched queries, float16, (N, d).
        y: their classes in the dataset, int64, (N,).
        unmatched: of the other queries, or of some of them, float16, (M, d).
    """

    x: Array
    y: Labels
    unmatched: Array


class _LabelFile(RowFile):
    dtype = np.dtype(np.int16)  # type: ignore[assignment]


def embed(
    segmenter: Segmenter,
    training: Training,
    folder: Path,
    settings: tuple[Config, Embed],
    run: Run,
) -> None:
    """Write embeddings of all queries, float16 (P N, Q, d), and their labels, int16 (P N, Q).

    Rows count on from pass to pass. The class layer is written beside them, float32, rows by class
    of the dataset. Several processes take whole batches, so that the files have the same bytes
    whatever their number; memory holds one batch.

    Args:
        segmenter: pre-trained.
        training: N images.
        folder: for the files.
        settings: those it was trained with, and what is to be kept.
        run: its first seed is that of matching and augmentation.

    Raises:
        ValueError: an image shows an unseen class or cannot be read, images of a batch differ in
            size, or an embedding is not finite in float16.
        OSError: the disk has not room for the files.
    """
    cfg, kept = settings
    n, queries = len(training.images), segmenter.cfg.queries
    passes = Passes(training, kept.batch_size, cfg.size, cfg.augment, run.seeds[0])
    batches = _batches(n, kept)
    own = batches[processes.share(len(batches))]
    segmenter.to(run.device).eval()
    folder.mkdir(parents=True, exist_ok=True)
    rows = kept.passes * n
    with (
        RowFile(folder / EMBEDDINGS, (rows, queries, segmenter.cfg.hidden)) as embeddings,
        _LabelFile(folder / LABELS, (rows, queries)) as labels,
        counting("embedding", sum(map(len, own)), "images", processes.first()) as advance,
    ):
        for places, batch in zip(own, loaded(passes, own, kept.workers), strict=True):
            x, y = matched(segmenter, batch.to(run.device), cfg)
            embeddings.write(places[0], x)
            labels.write(places[0], y)
            advance(len(places))
    if processes.first():
        write_class_layer(segmenter.by_class(), folder)


@torch.inference_mode()
def matched(segmenter: Segmenter, batch: Batch, cfg: Config) -> tuple[Array, Labels]:
    """Embeddings of all queries of a batch, float16 (B, Q, d), and their classes, (B, Q).

    A query without segment has NO_OBJECT.
    """
    found = segmenter.queries(batch.pixels)
    one = Predictions(segmenter.class_layer(found.embeddings)[:, None], found.masks[:, None])
    points = draw_points(batch, 1, cfg.loss).matching
    queries = match(one, batch, points, cfg.loss)[:, 0]
    labels = torch.full(found.embeddings.shape[:2], NO_OBJECT, device=queries.device)
    exists = queries != NONE
    image = torch.repeat_interleave(batch.counts).to(queries.device)
    classes = torch.tensor(segmenter.classes, device=queries.device)
    labels[image[exists], queries[exists]] = classes[batch.labels[exists]]
    return found.embeddings.half().cpu().numpy(), labels.cpu().numpy()


def read(folder: Path, most_unmatched: int, seed: int) -> Embeddings:
    """What `embed` wrote; only what is returned is held in memory.

    Args:
        folder: of the files.
        most_unmatched: how many of the unmatched to draw; 0 = all.
        seed: of that draw.
    """
    labels = np.load(folder / LABELS, mmap_mode="r").ravel()
    held = np.load(folder / EMBEDDINGS, mmap_mode="r")
    embeddings = held.reshape(-1, held.shape[-1])
    is_object = labels != NO_OBJECT
    others = np.flatnonzero(~is_object)
    if most_unmatched and len(others) > most_unmatched:
        drawn = np.random.default_rng(seed).choice(others, most_unmatched, replace=False)
        others = np.sort(drawn)
    return Embeddings(embeddings[is_object], labels[is_object].astype(np.int64), embeddings[others])


def write_class_layer(layer: ClassLayer, folder: Path) -> None:
    """The class layer, float32: weight (K + 1, d) and bias (K + 1,), no object last."""
    for name, values in zip((WEIGHT, BIAS), layer, strict=True):
        np.save(folder / name, values.float().cpu().numpy())


def read_class_layer(folder: Path) -> tuple[Array, Array]:
    """Weight (K + 1, d) and bias (K + 1,) of the segmenter, rows by class of the dataset."""
    return np.load(folder / WEIGHT), np.load(folder / BIAS)


def _batches(n: int, kept: Embed) -> Sequence[range]:
    """Positions of all passes in batches that each belong to one pass."""
    return [
        range(start + again * n, min(start + kept.batch_size, n) + again * n)
        for again in range(kept.passes)
        for start in range(0, n, kept.batch_size)
    ]
