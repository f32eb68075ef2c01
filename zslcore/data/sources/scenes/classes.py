"""The 28 classes of the scenes: a hue and a pattern each.

Unseen are combinations whose hue and whose pattern seen classes show. Hues are a circle, with seen
neighbours on both sides: in a small grid of unrelated values, a network learns to exclude just the
combination that is missing.
"""

from dataclasses import dataclass

import numpy as np

from zslcore.data.panoptic.annotations import Category
from zslcore.data.problem import Array

HUES = ("red", "amber", "lime", "green", "cyan", "blue", "violet", "pink")  # of things
TONES = ("brick", "khaki", "moss", "teal", "slate", "plum")  # of stuff, muted
THING_PATTERNS = ("solid", "striped")
STUFF_PATTERNS = ("waves", "checks")
UNSEEN = frozenset(
    {
        *("red striped", "lime solid", "cyan striped", "violet solid"),
        *("khaki waves", "teal checks", "plum waves"),
    }
)
DIGITS = 6  # of class vectors: the last bits may differ between machines


@dataclass(frozen=True)
class Look:
    """What a class looks like.

    Attributes:
        name: of the hue and of the pattern.
        thing: things are shapes, stuff fills what is behind them.
        hue: share of the colour circle.
        pattern: one of THING_PATTERNS or STUFF_PATTERNS.
    """

    name: str
    thing: bool
    hue: float
    pattern: str

    @property
    def seen(self) -> bool:
        """Whether training may see it."""
        return self.name not in UNSEEN


def _looks(hues: tuple[str, ...], patterns: tuple[str, ...], thing: bool) -> tuple[Look, ...]:
    return tuple(
        Look(f"{hue} {pattern}", thing, i / len(hues), pattern)
        for i, hue in enumerate(hues)
        for pattern in patterns
    )


CLASSES = _looks(HUES, THING_PATTERNS, True) + _looks(TONES, STUFF_PATTERNS, False)
"""Things, then stuff; the category id of CLASSES[k] is k + 1."""

ATTRIBUTES = (
    *("thing", "thing hue, cosine", "thing hue, sine", *THING_PATTERNS),
    *("stuff hue, cosine", "stuff hue, sine", *STUFF_PATTERNS),
)
"""What the classes are made of."""


def categories() -> tuple[Category, ...]:
    """Of all classes, in their order."""
    return tuple(Category(k, look.name, look.thing) for k, look in enumerate(CLASSES, 1))


def attributes() -> Array:
    """How strongly each class shows each attribute, at unit length, float64 (28, 9)."""
    rows = []
    for look in CLASSES:
        group = "thing" if look.thing else "stuff"
        angle = 2 * np.pi * look.hue
        shown = {
            "thing": float(look.thing),
            f"{group} hue, cosine": np.cos(angle),
            f"{group} hue, sine": np.sin(angle),
            look.pattern: 1.0,
        }
        rows.append([shown.get(name, 0.0) for name in ATTRIBUTES])
    return _unit(np.array(rows))


def projected(size: int, noise: float, rng: np.random.Generator) -> Array:
    """The attributes, mixed at random and with noise, at unit length, float64 (28, size)."""
    shown = attributes()
    mixed = _unit(shown @ rng.standard_normal((shown.shape[1], size)))
    return _unit(mixed + noise * rng.standard_normal(mixed.shape) / np.sqrt(size))


def _unit(vectors: Array) -> Array:
    return np.round(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), DIGITS)
