"""The JSON of a COCO panoptic file as objects, every part checked, with messages for people."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from zslcore.data.panoptic.annotations import LAST, Annotation, Category, Image, Segment
from zslcore.runtime.mistakes import nearest

T = TypeVar("T", int, str, list[Any])


def parse(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no JSON: {error}") from error


def field(record: Any, key: str, kind: type[T], where: str) -> T:
    """The value at a key of an object.

    Raises:
        ValueError: it is not there, or of another kind.
    """
    value = record.get(key) if isinstance(record, dict) else None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"{where}: {key} is to be of type {kind.__name__}, is {value!r:.60}")
    return value


def flag(record: Any, key: str, where: str, default: bool | None = None) -> bool:
    """A value that is 0 or 1; the default, if there is one, where the key is absent.

    Raises:
        ValueError: it is something else.
    """
    value = record.get(key, default) if isinstance(record, dict) else None
    if value not in (0, 1):
        raise ValueError(f"{where}: {key} is to be 0 or 1, is {value!r:.60}")
    return bool(value)


def categories(records: Sequence[Any], where: str, thing: bool | None) -> tuple[Category, ...]:
    """The categories of a file, in its order; `thing` holds where it does not say `isthing`.

    Raises:
        ValueError: one is incomplete, or an id or a name occurs twice.
    """
    found = tuple(_category(record, f"{where}, category {i}", thing) for i, record in _nth(records))
    _unique([each.id for each in found], f"{where}, categories: id")
    _unique([each.name for each in found], f"{where}, categories: name")
    return found


def images(records: Sequence[Any], where: str) -> tuple[Image, ...]:
    """The images of a file, in its order.

    Raises:
        ValueError: one is incomplete, or an id occurs twice.
    """
    found = tuple(_image(record, f"{where}, image {i}") for i, record in _nth(records))
    _unique([each.id for each in found], f"{where}, images: id")
    return found


def annotations(
    records: Sequence[Any], of: Sequence[Image], known: Sequence[Category], where: str
) -> tuple[Annotation, ...]:
    """The annotation of each image, in the order of the images.

    Raises:
        ValueError: an image has no annotation or two, an annotation has no image, its PNG is
            outside the folder, or a segment is incomplete, there twice or of no known category.
    """
    by_id = {image.id: image for image in of}
    names = {each.id: each.name for each in known}
    found: dict[int, Annotation] = {}
    for i, record in _nth(records):
        number = field(record, "image_id", int, f"{where}, annotation {i}")
        if number not in by_id or number in found:
            what = "is annotated twice" if number in found else "is not among the file's images"
            raise ValueError(f"{where}, annotation {i}: image {number} {what}")
        image = by_id[number]
        here = f"{where}, image {number} ({image.file})"
        file = inside(field(record, "file_name", str, here), here)
        segments = field(record, "segments_info", list, here)
        found[number] = Annotation(image, file, _segments(segments, names, here))
    if without := [image for image in of if image.id not in found]:
        raise ValueError(
            f"{where}: image {without[0].id} ({without[0].file}) has no annotation, and so "
            f"{len(without)} of {len(of)} images; leave these out of the images, or annotate them"
        )
    return tuple(found[image.id] for image in of)


def inside(name: str, where: str) -> str:
    """A file's name, if it stays below the folder that it is relative to.

    Raises:
        ValueError: it does not, or is none.
    """
    path = PurePosixPath(name)
    bad = not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
    if bad or "\0" in name:
        raise ValueError(
            f"{where}: the file name {name!r} leaves the folder of the files; "
            "allowed: names below it, with / between folders"
        )
    return name


def _category(record: Any, where: str, thing: bool | None) -> Category:
    number, name = field(record, "id", int, where), field(record, "name", str, where)
    return Category(number, name, flag(record, "isthing", where, thing))


def _image(record: Any, where: str) -> Image:
    number = field(record, "id", int, where)
    where = f"{where} (id {number})"
    file = inside(field(record, "file_name", str, where), where)
    height, width = (field(record, key, int, where) for key in ("height", "width"))
    if height < 1 or width < 1:
        raise ValueError(f"{where}: {height} x {width} pixels; allowed: 1 or more")
    return Image(number, file, height, width)


def _segments(records: Sequence[Any], names: dict[int, str], where: str) -> tuple[Segment, ...]:
    found = []
    for record in records:
        number, category = (field(record, key, int, where) for key in ("id", "category_id"))
        here = f"{where}, segment {number}"
        if not 0 < number <= LAST:
            raise ValueError(f"{here}: ids are allowed from 1 to {LAST}; 0 is void")
        if category not in names:
            raise ValueError(
                f"{here}: category {category} is not among the file's {len(names)} categories"
                f"{nearest(str(category), [str(each) for each in names])}"
            )
        found.append(Segment(number, category, flag(record, "iscrowd", here, default=False)))
    _unique([each.id for each in found], f"{where}: segment")
    return tuple(found)


def _nth(records: Sequence[Any]) -> Iterable[tuple[int, Any]]:
    return enumerate(records, 1)


def _unique(values: Sequence[int] | Sequence[str], what: str) -> None:
    seen: set[int | str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{what} {value!r} occurs twice; each is to occur once")
        seen.add(value)
