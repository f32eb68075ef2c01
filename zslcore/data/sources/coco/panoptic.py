"""Panoptic files: a JSON of segments, a folder of PNGs with their ids, a folder of images."""

from collections.abc import Sequence
from pathlib import Path

from zslcore.data.annotated import Annotated
from zslcore.data.panoptic import files
from zslcore.data.panoptic.annotations import Annotation, present
from zslcore.data.panoptic.splits import Split
from zslcore.data.sources.coco.config import CocoConfig, Files
from zslcore.data.sources.coco.part import (
    Parts,
    check_same,
    divide,
    of_classes,
    pictures,
    table,
    trainable,
)


def read(folder: Path, cfg: CocoConfig) -> Parts:
    """Images with any segment of an unseen class are not trained on.

    Every map that is used is decoded once and held against its segments. A segment without a pixel
    cannot be learnt; the truth keeps it, for panoptic quality counts it as missed.

    Raises:
        ValueError: naming the file and what is wrong.
    """
    train, val = (files.read(folder / str(part.annotations)) for part in (cfg.train, cfg.val))
    check_same(train.categories, val.categories, folder / str(cfg.val.annotations))
    split = divide(cfg, train.categories)
    kept, dropped = trainable(train.annotations, split, cfg.limit)
    whole = {each.image.id: each for each in train.annotations}
    training = [
        _without(each, _empty(folder / str(cfg.train.maps), whole[each.image.id]))
        for each in kept.annotations
    ]
    truth = [of_classes(each, split) for each in val.annotations[: cfg.limit]]
    for each in val.annotations[: cfg.limit]:
        _empty(folder / str(cfg.val.maps), each)
    return Parts(
        split,
        train.categories,
        _annotated(folder, cfg.train, training, split),
        _annotated(folder, cfg.val, truth, split),
        dropped,
    )


def _empty(maps: Path, annotation: Annotation) -> set[int]:
    """The ids of an image's segments without a pixel; its map is decoded, and so checked."""
    ids = {each.id for each in annotation.segments}
    return ids - set(present(files.read_map(maps, annotation)).tolist())


def _without(annotation: Annotation, ids: set[int]) -> Annotation:
    kept = tuple(each for each in annotation.segments if each.id not in ids)
    return annotation._replace(segments=kept)


def _annotated(
    folder: Path, part: Files, annotations: Sequence[Annotation], split: Split
) -> Annotated:
    return Annotated(
        task="panoptic",
        pictures=pictures(folder / part.images, annotations),
        segments=table((each.segments for each in annotations), split),
        maps=tuple(folder / str(part.maps) / each.file for each in annotations),
    )
