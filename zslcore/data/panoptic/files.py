"""Reading and writing COCO panoptic files: a JSON and a folder of PNGs."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from zslcore.data.panoptic import records
from zslcore.data.panoptic.annotations import (
    LAST,
    Annotation,
    Category,
    IdMap,
    Panoptic,
    ids_of,
    pixels_of,
    present,
)
from zslcore.runtime.files import write_json


def read(path: Path) -> Panoptic:
    """A panoptic file, without its PNGs.

    Raises:
        ValueError: it is no such file; the message names it, the image and what is allowed.
    """
    held, where = records.parse(path), str(path)
    lists = {
        key: records.field(held, key, list, where)
        for key in ("categories", "images", "annotations")
    }
    known = records.categories(lists["categories"], where, thing=None)
    images = records.images(lists["images"], where)
    return Panoptic(known, records.annotations(lists["annotations"], images, known, where))


def read_categories(path: Path, thing: bool | None = None) -> tuple[Category, ...]:
    """The categories of a COCO file of any kind, or of a bare list of them, in its order.

    Args:
        path: of the JSON.
        thing: what categories are where the file does not say: True for COCO's instances, False for
            its stuff; None is for files that do.

    Raises:
        ValueError: the file has no list of categories, or one is incomplete.
    """
    held, where = records.parse(path), str(path)
    listed = held if isinstance(held, list) else records.field(held, "categories", list, where)
    return records.categories(listed, where, thing)


def read_map(folder: Path, annotation: Annotation) -> IdMap:
    """The segment id of each pixel of an image, int32 (H, W), 0 where none.

    A segment without a pixel is let through: the truth of panoptic quality may have such.

    Raises:
        ValueError: the PNG is absent or damaged, is not in RGB, is of another size than its image,
            or has an id that is not among the segments.
    """
    image, path = annotation.image, folder / annotation.file
    where = f"{path}, image {image.id}"
    ids = ids_of(_pixels(path, where))
    _check_map(ids, annotation, where)
    return ids


def write(
    path: Path,
    folder: Path,
    categories: Sequence[Category],
    annotated: Iterable[tuple[Annotation, IdMap]],
) -> None:
    """Write images one by one: a PNG each, then the JSON, with areas and boxes (x, y, w, h).

    Same content, same bytes. What was read by `read` and `read_map` is written back with the same
    ids in the same files.

    Args:
        path: of the JSON.
        folder: for the PNGs; made if there is none.
        categories: of the segments.
        annotated: of each image what is to be written, and its map (H, W).

    Raises:
        ValueError: map, image, segments and categories do not agree, or a PNG would be written
            outside the folder.
    """
    known = {each.id for each in categories}
    images, lines, files = [], [], set()
    for annotation, ids in annotated:
        image = annotation.image
        where = f"{path}, image {image.id} ({image.file})"
        file = records.inside(annotation.file, where)
        _check_written(annotation, ids, known, where)
        if file in files:
            raise ValueError(f"{where}: {file} is already the PNG of another image")
        files.add(file)
        _write_png(folder / file, ids)
        images.append(
            {"id": image.id, "file_name": image.file, "height": image.height, "width": image.width}
        )
        lines.append(
            {"image_id": image.id, "file_name": file, "segments_info": _described(annotation, ids)}
        )
    told = [{"id": each.id, "name": each.name, "isthing": int(each.thing)} for each in categories]
    write_json({"categories": told, "images": images, "annotations": lines}, path)


def _pixels(path: Path, where: str) -> NDArray[np.uint8]:
    try:
        with Pillow.open(path) as png:
            if png.mode == "RGB":
                return np.asarray(png)
            mode = png.mode
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"{where}: cannot be read ({error})") from error
    raise ValueError(f"{where}: the PNG is in mode {mode}; ids are kept in the bytes of RGB")


def _check_map(ids: IdMap, annotation: Annotation, where: str) -> None:
    size = annotation.image.height, annotation.image.width
    if ids.shape != size:
        raise ValueError(
            f"{where}: the map is {ids.shape}, the image {size} (height, width); a map is to have "
            "the size of its image"
        )
    strange = np.setdiff1d(present(ids), [each.id for each in annotation.segments])
    if len(strange):
        raise ValueError(
            f"{where}: the map has the id {strange[0]}, which is not among the image's "
            f"{len(annotation.segments)} segments in the JSON ({len(strange)} such ids); allowed: "
            "0 for void, and the ids of these"
        )


def _check_written(annotation: Annotation, ids: IdMap, known: set[int], where: str) -> None:
    _check_map(ids, annotation, where)
    for segment in annotation.segments:
        if segment.category not in known or not 0 < segment.id <= LAST:
            raise ValueError(
                f"{where}, segment {segment.id} of category {segment.category}; allowed: ids from "
                f"1 to {LAST}, and the {len(known)} categories that are written"
            )
    if len(empty := np.setdiff1d([each.id for each in annotation.segments], present(ids))):
        raise ValueError(f"{where}: segment {empty[0]} has no pixel; leave it out")


def _described(annotation: Annotation, ids: IdMap) -> list[dict[str, Any]]:
    return [
        {
            "id": segment.id,
            "category_id": segment.category,
            "iscrowd": int(segment.crowd),
            **_extent(ids == segment.id),
        }
        for segment in annotation.segments
    ]


def _extent(mask: NDArray[np.bool_]) -> dict[str, Any]:
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    top, left = int(rows[0]), int(columns[0])
    size = [int(columns[-1]) - left + 1, int(rows[-1]) - top + 1]
    return {"area": int(np.count_nonzero(mask)), "bbox": [left, top, *size]}


def _write_png(path: Path, ids: IdMap) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    held = io.BytesIO()
    Pillow.fromarray(pixels_of(ids)).save(held, format="PNG")
    beside = path.with_name(f"{path.name}.part")  # a half-written file never has the right name
    beside.write_bytes(held.getvalue())
    beside.replace(path)
