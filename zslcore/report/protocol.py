"""Two numbers compare only if they were measured under the same protocol."""

from collections.abc import Mapping
from typing import Any

PARTS = {"split": "split", "features": "features", "class_vectors": "class vectors"}
SHA = 8  # leading digits that are shown


def describe(provenance: Mapping[str, Any]) -> str:
    """The protocol of our own numbers in one line; equal lines, equal protocols."""
    return ", ".join(f"{words} {identity(provenance, part)}" for part, words in PARTS.items())


def identity(provenance: Mapping[str, Any], part: str) -> str:
    """Name and short checksum of the split, the features or the class vectors."""
    sha = (provenance.get(part) or {}).get("sha256")
    return f"{_name(provenance, part)} ({sha[:SHA]})" if sha else _name(provenance, part)


def differences(
    provenance: Mapping[str, Any], setting: str, published: Mapping[str, Any]
) -> list[str]:
    """In words, why a published number does not compare with ours; empty if it does.

    Args:
        provenance: of our number, as `evaluate` wrote it.
        setting: of our row.
        published: a line of `published()`.
    """
    found = []
    if setting != published["setting"]:
        found.append(f"setting: ours {setting}, published {published['setting']}")
    for part, words in PARTS.items():
        ours = _name(provenance, part)
        if ours != published[part]:
            found.append(f"{words}: ours {ours}, published {published[part]}")
    if published["selection"] != "validation":  # ours is never chosen on test
        found.append(f"published model chosen on: {published['selection']}")
    return found


def _name(provenance: Mapping[str, Any], part: str) -> str:
    return str((provenance.get(part) or {}).get("name", "not recorded"))
