"""The data card of a segmentation dataset: what to know of it before believing a result on it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zslcore.data.annotated import CLASS, CROWD, IMAGE, Annotated
from zslcore.data.problem import Labels
from zslcore.data.segmentation import SegmentationDataset
from zslcore.data.statistics import norms


def card(dataset: SegmentationDataset) -> dict[str, Any]:
    """Sizes, what was left out, classes without a segment, and origin, as JSON values.

    A class is absent if no segment shows it, crowds aside: no result can be had for it.
    """
    split = dataset.split
    per_class = [
        {"class": name, "thing": bool(thing), "seen": bool(seen)}
        for name, thing, seen in zip(split.names, split.things, split.seen, strict=True)
    ]
    absent = {}
    for name, part in (("training", dataset.training), ("evaluation", dataset.evaluation)):
        counts = _counts(part, len(split.seen))
        for line, segments, images in zip(per_class, *(c.tolist() for c in counts), strict=True):
            line[f"{name}_segments"], line[f"{name}_images"] = segments, images
        expected = split.seen if name == "training" else np.ones_like(split.seen)
        empty = np.flatnonzero((counts[0] == 0) & expected).tolist()
        absent[name] = [split.names[c] for c in empty]
    return {
        "name": dataset.name,
        "task": dataset.training.task,
        "classes": {"seen": int(split.seen.sum()), "unseen": int((~split.seen).sum())},
        "images": {"training": len(dataset.training), "evaluation": len(dataset.evaluation)},
        "training images": dict(dataset.dropped),
        "absent": absent,
        "class_vectors": norms(dataset.class_vectors),
        "per_class": per_class,
        "notes": list(dataset.notes),
        "provenance": dict(dataset.provenance),
    }


def markdown(card: Mapping[str, Any]) -> str:
    """The same for people."""
    parts = [f"# Data card: {card['name']} ({card['task']} segmentation)"]
    for key in ("classes", "images", "training images", "class_vectors"):
        facts = (f"- {name.replace('_', ' ')}: {value}" for name, value in card[key].items())
        parts += [f"## {key.replace('_', ' ').capitalize()}", "\n".join(facts)]
    for name, classes in card["absent"].items():
        parts.append(f"Classes without a segment in {name}: {', '.join(classes) or 'none'}.")
    parts += [
        "## Per class",
        _table(card["per_class"]),
        "## Notes",
        "\n".join(f"- {note}" for note in card["notes"]) or "None.",
        "## Provenance",
        f"```json\n{json.dumps(card['provenance'], indent=1, sort_keys=True)}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _counts(part: Annotated, n_classes: int) -> tuple[Labels, Labels]:
    """Segments of each class that are no crowd, and the images that show one, both (K,)."""
    single = part.segments[part.segments[:, CROWD] == 0]
    shown = np.unique(single[:, [IMAGE, CLASS]], axis=0)[:, 1]
    return np.bincount(single[:, CLASS], minlength=n_classes), np.bincount(
        shown, minlength=n_classes
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    cells = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    lines = (" | ".join(str(cell).replace("_", " ") for cell in line) for line in cells)
    return "\n".join(f"| {line} |" for line in lines)
