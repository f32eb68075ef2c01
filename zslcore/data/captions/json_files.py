"""JSON and JSONL: objects that have an image and its captions, or one of captions by image."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from zslcore.data.captions import keys
from zslcore.data.captions.captions import Record
from zslcore.data.captions.config import CaptionsConfig
from zslcore.data.captions.files import Files, Found
from zslcore.data.captions.names import place


def read(found: Found, files: Files, cfg: CaptionsConfig) -> Iterator[Record]:
    """`[{"image": .., "captions": [..]}, ..]` or `{image: [..], ..}`; one caption needs no list."""
    for path in found.paths:
        held = _parse(files.read_text(path), str(path))
        if isinstance(held, dict):
            for name, value in held.items():
                yield _record(name, value, f"{path}, {name!r}")
        elif isinstance(held, list):
            yield from _objects(((i, item) for i, item in enumerate(held, 1)), path, "entry", cfg)
        else:
            raise ValueError(f"{path} is to be a list of objects, or an object of captions")


def read_lines(found: Found, files: Files, cfg: CaptionsConfig) -> Iterator[Record]:
    """An object like those of a JSON list in every line; an image may have several lines."""
    for path in found.paths:
        lines = enumerate(files.read_text(path).split("\n"), 1)
        held = ((i, _parse(text, f"{path}, line {i}")) for i, text in lines if text.strip())
        yield from _objects(held, path, "line", cfg)


def suits(text: str, cfg: CaptionsConfig) -> bool:
    """Whether a JSON text looks like captions; one that is broken does, so that it is read."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return True
    if isinstance(held, list):
        return bool(held) and isinstance(held[0], dict) and keys.suit(list(held[0]), cfg)
    first = next(iter(held.values()), None) if isinstance(held, dict) else None
    return isinstance(first, str) or (isinstance(first, list) and _all_text(first))


def line_suits(text: str, cfg: CaptionsConfig) -> bool:
    """Whether the first line of a JSONL text looks like captions, or is broken."""
    first = text.lstrip().split("\n", 1)[0]
    return suits(f"[{first}]", cfg)


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where} is no JSON: {error}") from error


def _objects(
    items: Iterable[tuple[int, Any]], path: Path, what: str, cfg: CaptionsConfig
) -> Iterator[Record]:
    for i, item in items:
        where = f"{path}, {what} {i}"
        if not isinstance(item, dict):
            raise ValueError(f"{where} is no object with an image and its captions")
        try:
            image, caption = keys.choose(list(item), cfg)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error
        yield _record(item[image], item[caption], where)


def _record(image: Any, captions: Any, where: str) -> Record:
    """null is an empty caption."""
    held = captions if isinstance(captions, list) else [captions]
    named = place(image) if isinstance(image, str) else None
    if not named or not named.stem or not _all_text(held):
        raise ValueError(f"{where}: the image is to be a name, captions text or a list of texts")
    return Record(named, [text or "" for text in held])


def _all_text(values: list[Any]) -> bool:
    return all(value is None or isinstance(value, str) for value in values)
