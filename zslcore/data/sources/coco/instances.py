"""Instance files: a JSON of outlines, which may overlap, and a folder of images."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pycocotools import mask as run_lengths

from zslcore.data.annotated import Annotated
from zslcore.data.panoptic import records
from zslcore.data.panoptic.annotations import Annotation, Category, Image, Segment
from zslcore.data.panoptic.splits import Split
from zslcore.data.sources.coco.config import CocoConfig
from zslcore.data.sources.coco.part import (
    Parts,
    check_same,
    divide,
    of_classes,
    pictures,
    table,
    trainable,
)

CORNERS = 3  # a polygon has at least


class File(NamedTuple):
    """What a JSON of instances says; `outlines` has that of each annotation, by its id."""

    categories: tuple[Category, ...]
    annotations: tuple[Annotation, ...]
    outlines: Mapping[int, Any]


def read(folder: Path, cfg: CocoConfig) -> Parts:
    """Images with any instance of an unseen class, or with none at all, are not trained on.

    Raises:
        ValueError: naming the file and what is wrong.
    """
    train, val = (parse(folder / str(part.annotations)) for part in (cfg.train, cfg.val))
    check_same(train.categories, val.categories, folder / str(cfg.val.annotations))
    split = divide(cfg, train.categories)
    kept, dropped = trainable(train.annotations, split, cfg.limit)
    truth = [of_classes(each, split) for each in val.annotations[: cfg.limit]]
    return Parts(
        split,
        train.categories,
        _annotated(folder / cfg.train.images, kept.annotations, train.outlines, split),
        _annotated(folder / cfg.val.images, truth, val.outlines, split),
        dropped,
    )


def parse(path: Path) -> File:
    """A JSON of instances.

    Raises:
        ValueError: it is no such file, or an annotation is incomplete, there twice, or of an
            image or a category that the file does not list.
    """
    held, where = records.parse(path), str(path)
    known = records.categories(records.field(held, "categories", list, where), where, thing=True)
    images = records.images(records.field(held, "images", list, where), where)
    ids = {each.id for each in known}
    segments: dict[int, list[Segment]] = {each.id: [] for each in images}
    outlines: dict[int, Any] = {}
    for n, record in enumerate(records.field(held, "annotations", list, where), 1):
        here = f"{where}, annotation {n}"
        found = _segment(record, here)
        image = records.field(record, "image_id", int, here)
        if image not in segments or found.category not in ids or found.id in outlines:
            raise ValueError(
                f"{here} (id {found.id}): image {image}, category {found.category}; the file is "
                "to list both, and each id is to occur once"
            )
        segments[image].append(found)
        outlines[found.id] = record.get("segmentation")
    annotations = tuple(Annotation(each, "", tuple(segments[each.id])) for each in images)
    return File(known, annotations, outlines)


def outline(given: Any, image: Image, where: str) -> str:
    """Polygons or run lengths, as COCO has them, as compressed run lengths.

    Raises:
        ValueError: they are neither, or are of an image of another size.
    """
    size = [image.height, image.width]
    if isinstance(given, dict):
        if given.get("size") != size or "counts" not in given:
            raise ValueError(
                f"{where}: run lengths of a mask of {given.get('size')} pixels, the image has "
                f"{size} (height, width); a mask is to have the size of its image"
            )
        counts = given["counts"]
        drawn = run_lengths.frPyObjects(given, *size) if isinstance(counts, list) else given
        covered = sum(counts) if isinstance(counts, list) else size[0] * size[1]
        if covered != size[0] * size[1]:
            raise ValueError(f"{where}: run lengths over {covered} pixels, the image has {size}")
    elif _are_polygons(given):
        drawn = run_lengths.merge(run_lengths.frPyObjects(given, *size))
    else:
        raise ValueError(
            f"{where}: the segmentation is {given!r:.60}; allowed: polygons of at least "
            f"{CORNERS} corners, x and y in turn, or run lengths"
        )
    text = drawn["counts"]
    return text.decode() if isinstance(text, bytes) else str(text)


def _annotated(
    folder: Path,
    annotations: Sequence[Annotation],
    outlines: Mapping[int, Any],
    split: Split,
) -> Annotated:
    drawn = tuple(
        outline(outlines[segment.id], each.image, f"{each.image.file}, annotation {segment.id}")
        for each in annotations
        for segment in each.segments
    )
    return Annotated(
        task="instance",
        pictures=pictures(folder, annotations),
        segments=table((each.segments for each in annotations), split),
        outlines=drawn,
    )


def _segment(record: Any, where: str) -> Segment:
    number, category = (records.field(record, key, int, where) for key in ("id", "category_id"))
    return Segment(number, category, records.flag(record, "iscrowd", where, False))


def _are_polygons(given: Any) -> bool:
    return (
        isinstance(given, list)
        and bool(given)
        and all(
            isinstance(each, list)
            and len(each) >= 2 * CORNERS
            and len(each) % 2 == 0
            and all(isinstance(value, int | float) for value in each)
            for each in given
        )
    )
