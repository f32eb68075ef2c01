"""A tiny problem, small settings, and float64 wherever something is compared with autograd."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.methods.dedn.values import INFERENCE, TRAINING
from tests.methods.nested import changed
from zslcore.data.problem import Problem, Rows
from zslcore.methods.dedn.config import Inference, Training
from zslcore.methods.dedn.layout import lay_out
from zslcore.methods.dedn.networks import build
from zslcore.methods.dedn.task import attribute_vectors, prepare
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

CLUSTERS = np.array([1, 0, 2, 0, 1, 1, 0])


@pytest.fixture(scope="session")
def settings():
    """`settings({"loss.pair": "paper"})`: the small settings, changed."""
    return lambda changes=None: Training.model_validate(changed(TRAINING, changes or {}))


@pytest.fixture(scope="session")
def inference():
    """`inference({"lambda_e": 1.0})`, likewise."""
    return lambda changes=None: Inference.model_validate(changed(INFERENCE, changes or {}))


@pytest.fixture(scope="session")
def clusters():
    """Of 7 attributes, in no order."""
    return CLUSTERS


@pytest.fixture(scope="session")
def tiny():
    """6 seen and 3 unseen classes, maps of 4 regions and 8 channels; and maps to be scored."""
    rng = np.random.default_rng(3)
    seen = np.array([1, 1, 0, 1, 1, 0, 1, 0, 1], bool)
    y = np.repeat(np.flatnonzero(seen), 5)
    vectors = rng.random((9, 7)).astype(np.float32)
    regions, new = (np.maximum(rng.normal(size=(n, 4, 8)), 0.01) for n in (len(y), 10))
    problem = Problem(
        regions.mean(1).astype(np.float32),
        y,
        vectors,
        seen,
        [f"c{c}" for c in range(9)],
        attribute_vectors=rng.normal(size=(7, 5)).astype(np.float32),
        regions=Rows(regions.astype(np.float16), np.arange(len(y))),
    )
    return problem, new.astype(np.float16)


@pytest.fixture
def core(tiny, settings, float64):
    """`core({...})`: task and weights in float64, all of them away from zero."""

    def made(changes=None, seeds=(0, 1), problem=None):
        problem = problem or tiny[0]
        exact = problem.class_vectors.astype(np.float64)
        problem = replace(problem, class_vectors=exact)
        cfg, run = settings(changes), Run(seeds=seeds)
        layout = lay_out(CLUSTERS, cfg)
        task = prepare(problem, layout, cfg, run)
        vectors = run.tensor(attribute_vectors(problem, cfg)).double()
        weights = build(layout, vectors, task.maps.shape, cfg.rank, Streams(run))
        noise = Streams(run, 9)
        for weight in weights.values():
            weight.add_(0.5 * noise.normal(*weight.shape[1:]))
        return SimpleNamespace(
            task=task, weights=weights, layout=layout, cfg=cfg, run=run, vectors=vectors
        )

    return made
