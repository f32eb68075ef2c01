"""What people might write under an image: of its class, and of what the class does not fix."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from zslcore.data.sources.shapes.config import ShapesConfig
from zslcore.data.sources.shapes.factors import Spec
from zslcore.data.sources.shapes.scene import Scene
from zslcore.data.sources.shapes.words import WORDS

OPENERS = ("", "this is", "there is", "we see", "a picture of", "the image shows", "it is")
NOUNS = ("figure", "thing", "object")
ASIDES = ("I think", "of course", "as usual", "somehow", "really", "if I am not mistaken")
ADJECTIVES = ("size", "texture", "hue")
CLAUSES = {
    "size": ("of {} size", "that is {}"),
    "texture": ("with a {} surface", "that looks {}"),
    "hue": ("in {}", "painted {}"),
    "frame": ("with {}", "and {} around it"),
    "badge": ("with {}", "and {} at the upper left"),
    "mark": ("with {}", "and {}"),
}

Told = dict[str, str]
"""The words for each thing that a caption tells, by group of `WORDS`."""


def facts(spec: Spec, scene: Scene) -> dict[str, str]:
    """What the image shows besides its class: a value of every group of `WORDS` that `Spec` lacks.

    Without the tilt where one cannot see it.
    """
    found = {
        "size": _bin(scene.radius, (0.227, 0.263), ("small", "medium", "large")),
        "place": _place(scene.x - 0.51, scene.y - 0.51),
        "backdrop": _bin(scene.back_value, (0.43, 0.67), ("dark", "dim", "bright")),
        "cover": "hidden" if scene.bar else "clear",
    }
    if spec.shape in ("disk", "ring") and spec.texture == "plain":
        return found
    return found | {"tilt": _bin(scene.angle, (-10, 10), ("left", "upright", "right"))}


def caption(spec: Spec, scene: Scene, cfg: ShapesConfig, rng: np.random.Generator) -> str:
    """One caption; what it tells, in which words and in which order is drawn anew each time."""
    told = _tell({**asdict(spec), **facts(spec, scene)}, cfg, rng)
    noun = told.pop("shape", _pick(NOUNS, rng))
    adjectives = [told.pop(g) for g in ADJECTIVES if g in told and rng.random() < 0.7]

    clauses = [_clause(group, words, rng) for group, words in told.items()]
    if rng.random() < 0.2:
        clauses.append(_pick(ASIDES, rng))
    clauses = rng.permutation(clauses).tolist()
    front = f"{clauses.pop()}," if clauses and rng.random() < 0.3 else ""
    subject = _with_article([*rng.permutation(adjectives).tolist(), noun])
    return " ".join(filter(None, [front, _pick(OPENERS, rng), subject, *clauses]))


def _tell(truth: dict[str, str], cfg: ShapesConfig, rng: np.random.Generator) -> Told:
    """Words for a random part of the truth, some of them for another value than the true one."""
    told = {}
    for group, value in truth.items():
        if rng.random() < cfg.mention_rate:
            others = [other for other in WORDS[group] if other != value]
            said = _pick(others, rng) if rng.random() < cfg.caption_noise else value
            told[group] = _pick(WORDS[group][said], rng)
    return told


def _clause(group: str, words: str, rng: np.random.Generator) -> str:
    return _pick(CLAUSES.get(group, ("{}",)), rng).format(words)


def _with_article(words: Sequence[str]) -> str:
    return " ".join(["an" if words[0][0] in "aeio" else "a", *words])


def _bin(number: float, borders: tuple[float, float], names: tuple[str, str, str]) -> str:
    return names[sum(number > border for border in borders)]


def _place(right: float, down: float) -> str:
    """Where the figure is, by the larger of its two distances from the middle."""
    if max(abs(right), abs(down)) < 0.03:
        return "middle"
    if abs(right) > abs(down):
        return "right" if right > 0 else "left"
    return "down" if down > 0 else "up"


def _pick(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]
