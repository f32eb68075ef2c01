"""CLAREL: classification via retrieval loss, images and captions in one space.

Oreshkin et al. 2020, https://arxiv.org/abs/1906.11892.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Problem
from zslcore.methods.clarel.config import Config
from zslcore.methods.clarel.encoders import Networks
from zslcore.methods.clarel.model import Model, load
from zslcore.methods.clarel.prototypes import class_captions, place
from zslcore.methods.clarel.task import Task, prepare
from zslcore.methods.clarel.train import seeded, train
from zslcore.runtime.run import Run
from zslcore.text import ppmi
from zslcore.text.read_vectors import read
from zslcore.text.tokens import FIRST
from zslcore.text.vocabulary import Vocabulary

__all__ = ["fit", "load"]

BUILDING = 0  # key of a seed's random numbers


def fit(problem: Problem, cfg: Config, run: Run) -> Model:
    """Train on images of the seen classes and their own captions; then place all classes.

    Captions of unseen classes are read when training is over, for the prototypes.

    Args:
        problem: with captions of the training images and of every class.
        cfg: settings.
        run: device, seeds, log, scratch.

    Raises:
        ValueError: captions are missing, or word vectors cannot be had.
        Diverged: training left the finite numbers.
    """
    described = [class_captions(problem, cfg.prototypes, seed) for seed in run.seeds]
    vocabulary = Vocabulary.of(problem.captions or (), cfg.text.vocabulary)
    task = prepare(problem, vocabulary, cfg, run)
    networks = [_trained(task, vocabulary, seed, run) for seed in run.seeds]
    prototypes = [
        place(each, vocabulary, told, cfg.text)
        for each, told in zip(networks, described, strict=True)
    ]
    return Model(networks, np.stack(prototypes), vocabulary, cfg)


def _trained(task: Task, vocabulary: Vocabulary, seed: int, run: Run) -> Networks:
    cfg, learn = task.cfg, task.cfg.text.vectors.by == "learned"
    with seeded(run.device, int(np.random.default_rng([seed, BUILDING]).integers(2**62))):
        vectors = word_vectors(vocabulary, task, cfg)
        sizes = task.x.shape[1], vectors, int(task.y.max()) + 1
        networks = Networks(*sizes, learn, cfg).to(run.device)
    if cfg.standardize:
        networks.standardize(task.x)
    train(networks, task, seed, run)
    return networks


def word_vectors(vocabulary: Vocabulary, task: Task, cfg: Config) -> Tensor:
    """The vector of every id, (ids, G): from a file, from the training captions, or random ones."""
    vectors = cfg.text.vectors
    if vectors.by == "file":
        table = read(Path(vectors.path or ""), vocabulary.words).table(vocabulary)
    elif vectors.by == "captions":
        made = ppmi.vectors(task.tokens, vocabulary, vectors.dimension, vectors.ppmi)
        table = made.table(vocabulary)
    else:
        drawn = torch.randn(FIRST + len(vocabulary.words), vectors.dimension)
        drawn[0] = 0  # padding
        return drawn / vectors.dimension**0.5
    return torch.from_numpy(table).to(torch.get_default_dtype())

