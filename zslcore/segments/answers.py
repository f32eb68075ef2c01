"""What the segmenter finds in images that are to be segmented.

Embeddings and masks do not depend on the class layer, so that one pass serves every classifier.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from zslcore.data.problem import Array
from zslcore.features.row_file import RowFile
from zslcore.runtime import processes
from zslcore.runtime.progress import counting
from zslcore.segments.augment import resized
from zslcore.segments.batches import collated
from zslcore.segments.config import Size
from zslcore.segments.model import Segmenter
from zslcore.segments.source import Images
from zslcore.segments.targets import Target

EMBEDDINGS, MASKS, SIZES = "embeddings.npy", "masks.npy", "sizes.npy"


class Answer(NamedTuple):
    """What the queries found in one image.

    Attributes:
        embeddings: float16, (Q, d).
        masks: logits at a quarter of the input's size, float16, (Q, h, w); the input may be filled
            up at the bottom and at the right.
        inside: height and width of the image within the input, pixels.
        size: height and width of the image itself, pixels.
    """

    embeddings: Array
    masks: Array
    inside: tuple[int, int]
    size: tuple[int, int]


def answers(
    segmenter: Segmenter, images: Images, rows: Sequence[int], size: Size, device: torch.device
) -> Iterator[Answer]:
    """The answers to these images, in order, one at a time: nothing is kept.

    Args:
        segmenter: pre-trained.
        images: of the dataset.
        rows: positions of those to look at.
        size: to which images are resized.
        device: where to compute.

    Raises:
        ValueError: an image cannot be read.
    """
    segmenter.to(device).eval()
    for row in rows:
        pixels = images[row]
        whole = pixels.shape[0], pixels.shape[1]
        none = Target(np.zeros((0, *whole), bool), np.zeros(0, np.int64))
        shown, _ = resized(pixels, none.masks, size)
        inside = shown.shape[0], shown.shape[1]
        unlabelled = Target(np.zeros((0, *inside), bool), none.labels)
        batch = collated([(shown, unlabelled)], np.zeros(1, np.int64), 0)
        with torch.inference_mode():
            found = segmenter.queries(batch.pixels.to(device))
        embeddings, masks = (each[0].half().cpu().numpy() for each in found)
        yield Answer(embeddings, masks, inside, whole)


def cache(
    segmenter: Segmenter, images: Images, folder: Path, size: Size, device: torch.device
) -> None:
    """Write the answers to all images, for sets of images of one size that are small.

    embeddings.npy, float16 (N, Q, d); masks.npy, float16 (N, Q, h, w); sizes.npy, int64 (N, 4):
    `inside`, then `size`. Several processes share the images; the bytes are those of one.

    Raises:
        ValueError: an image cannot be read, images differ in size, or a number is not finite in
            float16.
        OSError: the disk has not room for the files.
    """
    n = len(images)
    if not n:
        raise ValueError("there are no images to segment")
    own = range(n)[processes.share(n)]
    (first,) = answers(segmenter, images, [0], size, device)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        RowFile(folder / EMBEDDINGS, (n, *first.embeddings.shape)) as embeddings,
        RowFile(folder / MASKS, (n, *first.masks.shape)) as masks,
        _Sizes(folder / SIZES, (n, 4)) as sizes,
        counting("segmenting", len(own), "images", processes.first()) as advance,
    ):
        for row, found in zip(own, answers(segmenter, images, own, size, device), strict=True):
            if found.masks.shape != first.masks.shape:
                raise ValueError(
                    f"image {row} is {found.size} (height, width), image 0 is {first.size}: images "
                    "that differ in size cannot be kept in one array; answer them one by one"
                )
            embeddings.write(row, found.embeddings[None])
            masks.write(row, found.masks[None])
            sizes.write(row, np.array([[*found.inside, *found.size]]))
            advance(1)


class Cached:
    """What `cache` wrote, read image by image."""

    def __init__(self, folder: Path) -> None:
        self._embeddings, self._masks, self._sizes = (
            np.load(folder / name, mmap_mode="r") for name in (EMBEDDINGS, MASKS, SIZES)
        )

    def __len__(self) -> int:
        return len(self._sizes)

    def __getitem__(self, image: int) -> Answer:
        height, width, *size = self._sizes[image].tolist()
        embeddings, masks = (np.array(each[image]) for each in (self._embeddings, self._masks))
        return Answer(embeddings, masks, (height, width), (size[0], size[1]))


def probabilities(answer: Answer) -> Array:
    """Each query's chance at each pixel of the image in its own size, float32 (Q, H, W).

    As Mask2Former does: masks grow to the input's size, what was filled in is cut off, and the
    rest is resized to the image, both bilinearly.
    """
    masks = torch.from_numpy(answer.masks)[None].float()
    return _grown(masks, answer)[0].sigmoid().numpy()


def _grown(masks: Tensor, answer: Answer) -> Tensor:
    height, width = answer.inside
    filled = [4 * side for side in masks.shape[2:]]
    masks = interpolate(masks, filled, mode="bilinear", align_corners=False)
    masks = masks[:, :, :height, :width]
    if answer.inside == answer.size:
        return masks
    return interpolate(masks, answer.size, mode="bilinear", align_corners=False)


class _Sizes(RowFile):
    dtype = np.dtype(np.int64)  # type: ignore[assignment]
