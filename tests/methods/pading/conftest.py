"""Tiny segments, small settings, and untrained networks in float64."""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
import torch

from tests.methods.nested import changed
from tests.methods.pading.values import SETTINGS
from zslcore.data.problem import Array
from zslcore.data.segments import Segments
from zslcore.methods.pading.config import Config
from zslcore.methods.pading.networks import Networks
from zslcore.methods.pading.task import prepare
from zslcore.runtime.run import Run


class Tiny(NamedTuple):
    segments: Segments
    weight: Array
    bias: Array
    x: Array  # embeddings to be scored, (3, 4, d)


@pytest.fixture(scope="session")
def settings():
    """`settings({"mmd.root": False})`: the small settings, changed."""
    return lambda changes=None: Config.model_validate(changed(SETTINGS, changes or {}))


@pytest.fixture(scope="session")
def tiny():
    """7 classes of 6 numbers, 2 of them unseen and one without a segment; embeddings of 8."""
    rng = np.random.default_rng(5)
    seen = np.array([1, 1, 0, 1, 1, 0, 1], bool)
    y = rng.permutation(np.repeat([0, 1, 3, 4], [8, 5, 12, 7]))
    vectors = rng.normal(size=(7, 6)).astype(np.float32)
    centres = rng.normal(size=(7, 8))
    x = (centres[y] + 0.3 * rng.normal(size=(32, 8))).astype(np.float32)
    unmatched = rng.normal(size=(20, 8)).astype(np.float32)
    names = [f"c{c}" for c in range(7)]
    segments = Segments(x, y, unmatched, vectors, seen, names)
    layer = rng.normal(size=(8, 9)).astype(np.float32)
    new = rng.normal(size=(3, 4, 8)).astype(np.float32)
    return Tiny(segments, layer[:, :8], layer[:, 8], new)


CALM = {"primitives.dropout": 0.0, "gmmn.dropout": 0.0, "disentangle.dropout": 0.0}


@pytest.fixture
def core(tiny, settings, float64):
    """`core({...})`: task and untrained networks in float64, without dropout."""

    def made(changes=None, segments=None):
        cfg = settings({**CALM, **(changes or {})})
        task = prepare(segments or tiny.segments, (tiny.weight, tiny.bias), cfg, Run())
        torch.manual_seed(0)
        return SimpleNamespace(task=task, networks=Networks(task), cfg=cfg)

    return made
