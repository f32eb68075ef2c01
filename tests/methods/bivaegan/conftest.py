"""A tiny problem, small settings, and float64 wherever something is compared with autograd."""

import copy

import numpy as np
import pytest
import torch

from zslcore.data.problem import Problem
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.networks import build
from zslcore.methods.bivaegan.players import Players
from zslcore.methods.bivaegan.prepared import prepare
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

SETTINGS = {
    "knowledge": "class_vectors",
    "shots": 0,
    "pretune": {
        "epochs": 0,
        "hidden": 16,
        "heads": 8,
        "lr": 1e-3,
        "beta1": 0.5,
        "beta2": 0.999,
        "batch_size": 32,
        "class_weight": 20.0,
        "attribute_weight": 1.0,
        "attribute_loss": "weighted_l1",
        "reconstruction_weight": 1.0,
        "holdout": 0.2,
    },
    "normalization": "l2",
    "r": 1.5,
    "hidden": 16,
    "attribute_hidden": 8,
    "noise": 0,
    "encoder": True,
    "unseen_critic": True,
    "regressor": "adversarial",
    "augment": True,
    "alpha": 10.0,
    "beta": 3.0,
    "gamma": 7.0,
    "lam": 0.5,
    "seen_regression": 0.0,
    "attribute_loss": "weighted_l1",
    "reconstruction": "paper",
    "attribute_critic": "both",
    "encoded_noise": False,
    "inductive_beta": True,
    "jitter": {"critic": 0.1, "synthesis": 0.3},
    "feedback": {"training": 0.0, "synthesis": 0.0, "lr": 1e-3},
    "penalty": {"control": "adaptive", "start": 10.0, "attribute": 0.1},
    "critic_steps": 2,
    "level_one": {"every": 2, "critic_steps": 2, "regressor_steps": 2},
    "batch_size": 12,
    "optimizer": {"lr": 1e-3, "beta1": 0.5, "beta2": 0.999, "weight_decay": 0.0},
    "epochs": {"inductive": 2, "transductive": 2, "iterations": 4},
    "average": 0.0,
    "precision": "fp32",
    "prior": {
        "estimator": "cpe",
        "refresh": 1,
        "floor": 1e-4,
        "space": "augmented",
        "synthetic_per_class": 12,
        "calibrate": True,
        "bbse": {"answers": "hard", "solve": "ridge", "lr": 1e-2, "epochs": 3, "batch_size": 8},
    },
    "classifier": {
        "synthetic_per_class": 10,
        "lr": 1e-2,
        "epochs": 3,
        "gzsl_lr": 1e-2,
        "gzsl_epochs": 2,
        "gzsl": "joint",
    },
    "monitor": 1,
}


def changed(values, changes):
    """A copy of nested settings with the values at some dotted keys replaced."""
    tree = copy.deepcopy(values)
    for path, value in changes.items():
        *above, key = path.split(".")
        node = tree
        for name in above:
            node = node[name]
        node[key] = value
    return tree


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
def float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture
def players(tiny, settings, float64):
    """`players({...}, transductive=True)`: new networks of two seeds in float64."""

    def made(changes=None, transductive=True, feedback=0.0, seeds=(0, 1)):
        cfg, run = settings(changes), Run(seeds=seeds)
        data = prepare(tiny[0], cfg, run)
        networks = build(cfg, 10, 5, Streams(run, 5))
        for weights in networks.values():  # away from biases of 0 and from tiny outputs
            weights.flat.data.add_(
                0.3 * torch.randn(weights.flat.shape, generator=run.generator(9))
            )
        penalty = {name: torch.full((len(seeds),), 4.0) for name in ("d", "du")}
        prior = torch.tensor([[0.5, 0.3, 0.2]]).expand(len(seeds), -1)
        streams = Streams(run, 6)
        return Players(networks, penalty, data, cfg, streams, prior, transductive, feedback)

    return made
