"""What a folder holds, in numbers: for the screen, and as a page of Markdown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zslcore.data.problem import Labels
from zslcore.data.sources.folder.classes import ROLES
from zslcore.data.sources.folder.contents import Contents
from zslcore.data.sources.folder.pixels import Looks
from zslcore.data.sources.folder.vectors import Attributes
from zslcore.data.statistics import DIGITS, per_class


def card(contents: Contents) -> dict[str, Any]:
    """Classes, images, sizes and what describes the classes, as far as it was read; JSON values."""
    images = Counter(entry.label for entry in contents.entries)
    sets = Counter(entry.set for entry in contents.entries)
    classes = [
        {"class": each.name, "role": each.role, "images": images[each.name]}
        for each in contents.classes.values()
    ]
    roles = {
        role: per_class(counts)
        for role in ROLES
        if len(counts := np.array([c["images"] for c in classes if c["role"] == role]))
    }
    told = contents.captions
    return {
        "name": contents.folder.resolve().name,
        "images": len(contents.entries),
        "sets": {name: sets[name] for name in sorted(sets)} if any(sets) else None,
        "roles": roles,
        "classes": classes,
        "pixels": _pixels(contents.looks),
        "modes": dict(sorted(Counter(look.mode for look in contents.looks.values()).items())),
        "features": None if contents.features is None else contents.features.shape[1],
        "attributes": _attributes(contents.attributes),
        "texts": _span([len(held) for held in (contents.texts or {}).values()]),
        "captions": _span([len(held) for held in told.values()]) if told else None,
        "remarks": [str(remark) for remark in contents.remarks],
    }


def markdown(card: Mapping[str, Any]) -> str:
    """A card as Markdown that is legible on a screen, too."""
    facts = [
        {"what": "images", "value": card["images"]},
        *({"what": f"{n}, pixels", "value": _told(of)} for n, of in card["pixels"].items()),
        *({"what": f"images of mode {n}", "value": count} for n, count in card["modes"].items()),
        *({"what": f"images in {n}", "value": count} for n, count in (card["sets"] or {}).items()),
        {"what": "features of an image", "value": card["features"]},
        {"what": "attributes", "value": len(card["attributes"]) or None},
        {"what": "texts of a class", "value": _told(card["texts"])},
        {"what": "captions of an image", "value": _told(card["captions"])},
    ]
    roles = [{"role": role, **of} for role, of in card["roles"].items()]
    parts = [
        f"# {card['name']}",
        _table([fact for fact in facts if fact["value"] is not None]),
        *_section("Images per class, by role", roles),
        *_section("Classes", card["classes"]),
        *_section("Attributes, over the classes", card["attributes"]),
        "## Remarks",
        "\n".join(f"- {remark}" for remark in card["remarks"]) or "None.",
    ]
    return "\n\n".join(parts) + "\n"


def _pixels(looks: Looks) -> dict[str, Any]:
    sides = {"width": [each.width for each in looks.values()]}
    sides["height"] = [each.height for each in looks.values()]
    return {name: _span(values) for name, values in sides.items() if values}


def _span(values: Sequence[int]) -> dict[str, float] | None:
    if not values:
        return None
    array: Labels = np.array(values)
    return {
        "min": int(array.min()),
        "median": float(np.median(array)),
        "max": int(array.max()),
    }


def _attributes(given: Attributes | None) -> list[dict[str, Any]]:
    if given is None or not given.of:
        return []
    array = np.stack(list(given.of.values())).astype(np.float64)
    rows = zip(given.names, array.min(0), array.mean(0), array.max(0), strict=True)
    return [
        {
            "attribute": name,
            "min": round(float(low), DIGITS),
            "mean": round(float(mean), DIGITS),
            "max": round(float(high), DIGITS),
        }
        for name, low, mean, high in rows
    ]


def _told(span: Mapping[str, float] | None) -> str | None:
    """Least, median and most, or the one value that all have."""
    if span is None:
        return None
    if span["min"] == span["max"]:
        return f"{span['min']}"
    return f"{span['min']} to {span['max']}, median {span['median']:g}"


def _section(title: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"## {title}", _table(rows)] if rows else []


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    body = [[str(value).replace("|", "\\|") for value in row.values()] for row in rows]
    cells = [list(rows[0]), *body]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    lines = (" | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in cells)
    return "\n".join(f"| {line} |" for line in lines)
