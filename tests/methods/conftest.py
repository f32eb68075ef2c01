"""A problem that any working method must solve."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from zslcore.data.problem import Array, Problem


class Toy(NamedTuple):
    problem: Problem
    x: Array  # evaluation images of all classes
    y: Array


@pytest.fixture(scope="session")
def toy() -> Toy:
    """Classes are the 16 combinations of 4 binary attributes; four are never trained on.

    An image is its attributes and their opposites, turned and blurred, of any brightness.
    """
    rng = np.random.default_rng(0)
    bits = np.array(np.meshgrid(*[[0, 1]] * 4, indexing="ij")).reshape(4, -1).T
    vectors = np.concatenate((bits, 1.2 - bits), axis=1)
    seen = np.ones(16, bool)
    seen[[0b0011, 0b0101, 0b0110, 0b1100]] = False
    turn = rng.normal(size=(8, 24))

    def draw(classes: Array) -> tuple[Array, Array]:
        y = classes.repeat(20)
        x = vectors[y] @ turn + 0.6 * rng.normal(size=(len(y), 24))
        return (x * rng.uniform(1, 2, size=(len(y), 1))).astype(np.float32), y

    names = [f"{c:04b}" for c in range(16)]
    problem = Problem(*draw(np.flatnonzero(seen)), vectors.astype(np.float32), seen, names)
    return Toy(problem, *draw(np.arange(16)))


@pytest.fixture
def float64():
    """Wherever something is compared with autograd or with another form."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)
