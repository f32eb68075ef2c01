"""Random numbers to check formulas on."""

from types import SimpleNamespace

import numpy as np
import pytest

from zslcore.data.problem import Problem
from zslcore.methods.baselines.prepared import Prepared
from zslcore.runtime.run import Run


@pytest.fixture
def problem() -> Problem:
    """60 images of 5 seen classes (of 7), 9 features, 4 attributes."""
    rng = np.random.default_rng(1)
    seen = np.array([True, True, False, True, True, False, True])
    y = rng.permutation(np.flatnonzero(seen).repeat([4, 8, 12, 16, 20]))
    vectors = rng.normal(size=(7, 4))
    x = rng.normal(size=(60, 9)) + vectors[y] @ rng.normal(size=(4, 9))
    return Problem(x.astype(np.float32), y, vectors.astype(np.float32), seen, list("abcdefg"))


@pytest.fixture
def prepare():
    """A problem as the baselines see it, nothing scaled."""

    def prepared(problem: Problem, seeds: tuple[int, ...] = (3, 4)) -> Prepared:
        cfg = SimpleNamespace(normalize="none", class_vectors="none")
        return Prepared(problem, cfg, Run(seeds=seeds))

    return prepared


@pytest.fixture
def data(problem, prepare) -> Prepared:
    return prepare(problem)
