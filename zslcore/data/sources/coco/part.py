"""What the readers of the three tasks have in common: parts of a dataset, and their images."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow

from zslcore.data.annotated import Annotated, Picture
from zslcore.data.panoptic import splits
from zslcore.data.panoptic.annotations import Annotation, Category, Segment
from zslcore.data.panoptic.splits import Split
from zslcore.data.panoptic.unseen import Training, drop_unseen
from zslcore.data.problem import Labels
from zslcore.data.sources.coco.config import CocoConfig


class Parts(NamedTuple):
    """What a reader makes of a dataset's files.

    Attributes:
        split: its classes.
        categories: all of the files, in their order.
        training: what may be trained on.
        evaluation: with the truth.
        dropped: what became of the training images.
    """

    split: Split
    categories: tuple[Category, ...]
    training: Annotated
    evaluation: Annotated
    dropped: Mapping[str, int]


def divide(cfg: CocoConfig, categories: Sequence[Category]) -> Split:
    """The split that the settings name.

    Raises:
        ValueError: a name is no category; says the nearest one.
    """
    if cfg.split is not None:
        return splits.split(cfg.split, categories)
    seen = [each.name for each in categories if each.name not in cfg.unseen]
    return splits.divide(categories, seen, cfg.unseen)


def check_same(train: Sequence[Category], val: Sequence[Category], where: Path) -> None:
    """Both files have the same categories, in any order.

    Raises:
        ValueError: naming one that is not in both.
    """
    if other := set(train) ^ set(val):
        odd = min(other)
        raise ValueError(
            f"{where}: category {odd.id} ({odd.name}) is not the same in the training file; both "
            "are to have the same ids and names"
        )


def trainable(
    annotations: Iterable[Annotation], split: Split, limit: int | None
) -> tuple[Training, dict[str, int]]:
    """The first images without an unseen class, and what became of all.

    Raises:
        ValueError: no image is left, or a category is not in the file.
    """
    found = drop_unseen(annotations, split)
    if not found.annotations:
        raise ValueError(f"no image is left to train on: {found.counts}")
    kept = found.annotations[:limit]
    dropped = {**found.counts._asdict(), "beyond_limit": len(found.annotations) - len(kept)}
    return Training(kept, found.counts), dropped


def of_classes(annotation: Annotation, split: Split) -> Annotation:
    """Without the segments of categories that are no class; for the truth.

    Raises:
        ValueError: a category is not in the file.
    """
    kept = tuple(each for each in annotation.segments if each.category not in split.absent)
    return annotation._replace(segments=kept)


def table(rows: Iterable[Sequence[Segment]], split: Split) -> Labels:
    """The segments of each image, in the form of `Annotated.segments`.

    Raises:
        ValueError: a category is not in the split.
    """
    lines = [
        (image, each.id, each.category, each.crowd)
        for image, segments in enumerate(rows)
        for each in segments
    ]
    found = np.array(lines, dtype=np.int64).reshape(-1, 4)
    found[:, 2] = split.classes(found[:, 2].tolist(), "segments")
    return found


def pictures(folder: Path, annotations: Sequence[Annotation]) -> tuple[Picture, ...]:
    """The images' files, each there and of the size that its annotation says.

    Raises:
        ValueError: naming the first that is not.
    """
    found = tuple(
        Picture(folder / each.image.file, each.image.height, each.image.width)
        for each in annotations
    )
    if missing := [each.path for each in found if not each.path.is_file()]:
        raise ValueError(
            f"{len(missing)} of {len(found)} images are missing, the first is {missing[0]}; put "
            "them there, or leave them out of the annotations"
        )
    for each in found:
        height, width = size(each.path)
        if (height, width) != (each.height, each.width):
            raise ValueError(
                f"{each.path} is {height} x {width} pixels (height x width), its annotation is of "
                f"an image of {each.height} x {each.width}; annotations and images do not belong "
                "together"
            )
    return found


def size(path: Path) -> tuple[int, int]:
    """Height and width of an image, from its header.

    Raises:
        ValueError: it is no image.
    """
    try:
        with Pillow.open(path) as image:
            return image.height, image.width
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"{path}: is no image ({error}); replace it") from error
