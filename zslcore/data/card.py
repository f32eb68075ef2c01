"""The data card: what a reader should know of a dataset before believing a result on it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zslcore.data.dataset import Dataset
from zslcore.data.problem import Labels
from zslcore.data.protocol import Phase
from zslcore.data.statistics import attribute_variance_cosine, norms, per_class, prior

SETS = ("trainval", "test_seen", "test_unseen")
PARTS = ("training", "evaluation_seen", "evaluation_unseen")
FACTS = ("classes", "features", "attribute_variance_cosine")


def card(dataset: Dataset, phases: Mapping[str, Phase]) -> dict[str, Any]:
    """Sizes, imbalance, shift, leaks and origin of a dataset, as JSON values.

    Args:
        dataset: checked.
        phases: what `protocol.phases` made of it.
    """
    k, about = len(dataset.class_names), dict(dataset.provenance)
    in_files = about.pop("leaks", {})
    counts = {name: np.bincount(dataset.y[getattr(dataset, name)], minlength=k) for name in SETS}
    used = {name: int(count.sum()) for name, count in counts.items()}
    return {
        "name": dataset.name,
        "classes": k,
        "images": {"all": len(dataset.y), **used, "unused": len(dataset.y) - sum(used.values())},
        "features": None if dataset.features is None else dataset.features.shape[1],
        "class_vectors": norms(dataset.class_vectors),
        "attribute_variance_cosine": attribute_variance_cosine(
            dataset.class_vectors, counts["trainval"], counts["test_unseen"]
        ),
        "phases": {name: _phase(phase) for name, phase in phases.items()},
        "leaks": {"phases": _leaks(dataset, phases), "raw files": in_files},
        "notes": list(dataset.notes),
        "provenance": about,
    }


def _phase(phase: Phase) -> dict[str, Any]:
    k, n = len(phase.classes), phase.n_seen_evaluation
    y, seen = phase.evaluation_y, phase.seen
    unseen = np.bincount(y[n:], minlength=k)[~seen]
    return {
        "training": per_class(np.bincount(phase.y, minlength=k)[seen]),
        "evaluation_seen": per_class(np.bincount(y[:n], minlength=k)[seen]),
        "evaluation_unseen": per_class(unseen),
        "unseen_prior": prior(unseen),
    }


def _leaks(dataset: Dataset, phases: Mapping[str, Phase]) -> dict[str, int]:
    """Counted anew from the phases, so that a zero is evidence and not a promise."""
    found = {}
    for name, phase in phases.items():
        train, evaluation = phase.train_rows, phase.evaluation_rows
        unseen = dataset.y[evaluation[phase.n_seen_evaluation :]]
        found[f"{name}_training_images_evaluated_on"] = _count(train, evaluation)
        found[f"{name}_training_images_of_unseen_classes"] = _count(dataset.y[train], unseen)
    used = np.concatenate((phases["val"].train_rows, phases["val"].evaluation_rows))
    test = np.concatenate((dataset.test_seen, dataset.test_unseen))
    return {**found, "val_images_from_the_test_sets": _count(used, test)}


def _count(values: Labels, among: Labels) -> int:
    return int(np.isin(values, among).sum())


def markdown(card: Mapping[str, Any]) -> str:
    """A card as a page of Markdown."""
    phases = card["phases"].items()
    sizes = [{"phase": name, "set": part, **of[part]} for name, of in phases for part in PARTS]
    priors = [{"phase": name, **of["unseen_prior"]} for name, of in phases]
    leaks = [
        {"in": where, "checked": key, "images": count}
        for where, found in card["leaks"].items()
        for key, count in found.items()
    ]
    parts = [
        f"# {card['name']}",
        _table([{"what": key, "value": value} for key, value in _facts(card).items()]),
        "## Images per class",
        _table(sizes),
        "## Prior of the unseen classes, entropy in nats",
        _table(priors),
        "## Leaks",
        _table(leaks),
        "## Notes",
        "\n".join(f"- {note}" for note in card["notes"]) or "None.",
        "## Provenance",
        f"```json\n{json.dumps(card['provenance'], indent=1, sort_keys=True)}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _facts(card: Mapping[str, Any]) -> dict[str, Any]:
    images = {f"images, {key}": value for key, value in card["images"].items()}
    vectors = {f"class vectors, {key}": value for key, value in card["class_vectors"].items()}
    return {**images, **{key: card[key] for key in FACTS}, **vectors}


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    cells = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    lines = (" | ".join(str(cell).replace("_", " ") for cell in line) for line in cells)
    return "\n".join(f"| {line} |" for line in lines)
