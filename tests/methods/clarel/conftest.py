"""A tiny captioned problem, small settings, and float64 wherever forms are compared."""

from typing import NamedTuple

import numpy as np
import pytest

from tests.methods.clarel.values import SETTINGS
from tests.methods.nested import changed
from zslcore.data.problem import Array, Problem
from zslcore.methods.clarel.config import Config

COLOURS = ("red", "blue", "grey")
SHAPES = ("round", "long", "flat")
POSES = ("sits", "flies", "swims", "sleeps")
SEEN = np.array([True, False, True, True, True, False, False, True, True])  # ids are not in order


class Tiny(NamedTuple):
    problem: Problem
    x: Array  # evaluation images of all classes
    y: Array


@pytest.fixture
def settings():
    """`settings({"loss.kappa": 0.0})`: the small settings, changed."""
    return lambda changes=None: Config.model_validate(changed(SETTINGS, changes or {}))


@pytest.fixture(scope="session")
def tiny() -> Tiny:
    """Nine classes, colour by shape, of which six are seen; an image strikes one of four poses.

    Captions are 1 to 11 words long, 1 to 4 of each image, some of them the same, one without a
    word; each caption of an evaluation image has a word that no training image has.
    """
    rng = np.random.default_rng(4)
    turn = rng.normal(size=(10, 8))

    def image(c, known):
        pose = int(rng.integers(4))
        parts = np.eye(3)[c // 3], np.eye(3)[c % 3], np.eye(4)[pose]
        x = np.concatenate(parts) @ turn + 0.1 * rng.normal(size=8)
        said = [COLOURS[c // 3], SHAPES[c % 3], POSES[pose]]
        captions = []
        for _ in range(int(rng.integers(1, 5))):
            size = int(rng.integers(1, 12))
            words = [*rng.permutation(said).tolist(), *["and", "the"] * 4][:size]
            captions.append(" ".join(words if known else [f"novel{c}", *words]))
        return x.astype(np.float32), tuple(captions)

    seen = np.flatnonzero(SEEN)
    y = rng.permutation(seen.repeat(4))
    training = [image(c, True) for c in y.tolist()]
    training[0] = training[0][0], ("", "red", "red")
    y_new = np.arange(9).repeat(3)
    new = [image(c, False) for c in y_new.tolist()]
    problem = Problem(
        np.stack([x for x, _ in training]),
        y,
        np.eye(9, dtype=np.float32),
        SEEN,
        [f"c{c}" for c in range(9)],
        captions=[captions for _, captions in training],
        class_captions=[[new[i][1] for i in range(3 * c, 3 * c + 3)] for c in range(9)],
    )
    return Tiny(problem, np.stack([x for x, _ in new]), y_new)
