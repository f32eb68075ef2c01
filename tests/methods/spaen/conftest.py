"""A tiny problem with images, small settings, and float64 wherever forms are compared."""

from typing import NamedTuple

import numpy as np
import pytest

from tests.methods.nested import changed
from tests.methods.spaen.values import SETTINGS
from zslcore.data.problem import Array, Problem, Rows
from zslcore.methods.spaen.config import Config

SEEN = np.array([True, False, True, True, False, True])  # ids are not in order


class Tiny(NamedTuple):
    problem: Problem
    x: Array  # evaluation images' features, of all classes
    images: Array  # and the images themselves
    y: Array


@pytest.fixture
def settings():
    """`settings({"rank.margin": 1.0})`: the small settings, changed."""
    return lambda changes=None: Config.model_validate(changed(SETTINGS, changes or {}))


@pytest.fixture(scope="session")
def tiny() -> Tiny:
    """Six classes of five attributes, four of them seen; an image is noise in the class's colour.

    The problem's images are some rows of a larger array, as they are in the pipeline.
    """
    rng = np.random.default_rng(3)
    vectors = rng.uniform(0.2, 2, (6, 5))
    colours = rng.integers(40, 215, (6, 1, 1, 3))
    turn = rng.normal(size=(5, 9))
    y = np.concatenate((rng.permutation(np.flatnonzero(SEEN).repeat(5)), np.arange(6).repeat(3)))
    images = (colours[y] + rng.integers(-40, 40, (len(y), 20, 20, 3))).astype(np.uint8)
    x = (vectors[y] @ turn + 0.2 * rng.normal(size=(len(y), 9))).astype(np.float32)
    n, order = 20, rng.permutation(len(y))
    rows = Rows(images[order], np.argsort(order)[:n])
    problem = Problem(
        x[:n], y[:n], vectors.astype(np.float32), SEEN, [f"c{c}" for c in range(6)], images=rows
    )
    return Tiny(problem, x[n:], images[n:], y[n:])
