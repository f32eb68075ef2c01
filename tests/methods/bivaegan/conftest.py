"""A tiny problem, small settings, and float64 wherever something is compared with autograd."""

import numpy as np
import pytest
import torch

from tests.methods.bivaegan.values import SETTINGS
from tests.methods.nested import changed
from zslcore.data.problem import Problem
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.networks import build
from zslcore.methods.bivaegan.players import Players
from zslcore.methods.bivaegan.prepared import prepare
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run


@pytest.fixture(scope="session")
def settings():
    """`settings({"prior.estimator": "bbse"})`: the small settings, changed."""
    return lambda changes=None: Config.model_validate(changed(SETTINGS, changes or {}))


@pytest.fixture(scope="session")
def tiny() -> tuple[Problem, np.ndarray, np.ndarray]:
    """A problem with 6 seen and 3 unseen classes, evaluation images of the latter, their labels."""
    rng = np.random.default_rng(3)
    vectors = rng.random((9, 5)).astype(np.float32)
    turn = rng.normal(size=(5, 10))
    seen = np.arange(9) < 6

    def images(y):
        return np.maximum(vectors[y] @ turn + 0.3 * rng.normal(size=(len(y), 10)), 0.01).astype(
            np.float32
        )

    y, y_new = np.repeat(np.arange(6), 8), np.repeat([6, 7, 8], [24, 12, 6])
    x_new = images(y_new)
    names = [f"c{c}" for c in range(9)]
    problem = Problem(images(y), y, vectors, seen, names, x_unlabeled=x_new)
    return problem, x_new, y_new


@pytest.fixture
def players(tiny, settings, float64):
    """`players({...}, transductive=True)`: new networks of two seeds in float64."""

    def made(changes=None, transductive=True, feedback=0.0, seeds=(0, 1)):
        cfg, run = settings(changes), Run(seeds=seeds)
        data = prepare(tiny[0], cfg, run)
        networks = build(cfg, 10, 5, Streams(run, 5), transductive)
        for weights in networks.values():  # away from biases of 0 and from tiny outputs
            weights.flat.data.add_(
                0.3 * torch.randn(weights.flat.shape, generator=run.generator(9))
            )
        penalty = {n: torch.full((len(seeds),), 4.0) for n in ("d", "du") if n in networks}
        prior = torch.tensor([[0.5, 0.3, 0.2]]).expand(len(seeds), -1)
        streams = Streams(run, 6)
        return Players(networks, penalty, data, cfg, streams, prior, transductive, feedback)

    return made
