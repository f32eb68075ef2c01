"""What rows knew beyond the seen classes: rows of different settings are not ranked together."""

from collections.abc import Iterable

INDUCTIVE = "inductive"


def in_order(settings: Iterable[str]) -> list[str]:
    """Every setting once, the inductive one first; the more parts its name has, the later."""
    return sorted(set(settings), key=lambda name: (name != INDUCTIVE, name.count(","), name))


def headings(settings: Iterable[str]) -> dict[str, str]:
    """What stands above the rows of each setting, in order; nothing if all are inductive."""
    found = in_order(settings)
    if found == [INDUCTIVE]:
        return {INDUCTIVE: ""}
    return {setting: setting[:1].upper() + setting[1:] for setting in found}
