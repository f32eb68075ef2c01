"""CLAREL: classification via retrieval loss, images and captions in one space.

Oreshkin et al. 2020, https://arxiv.org/abs/1906.11892.
"""

from collections.abc import Callable
from itertools import chain
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
from zslcore.methods.clarel.train import train
from zslcore.nn.seeding import seed_of, seeded
from zslcore.runtime.run import Run
from zslcore.text import ppmi
from zslcore.text.read_vectors import read
from zslcore.text.sentences import Sentences
from zslcore.text.tokens import FIRST
from zslcore.text.vocabulary import Vocabulary

__all__ = ["fit", "load"]

BUILDING = 0  # key of a seed's random numbers


def fit(problem: Problem, cfg: Config, run: Run) -> Model:
    """Train on images of the seen classes and their own captions; then place all classes.

    Captions of unseen classes are for the prototypes, when training is over.

    Args:
        problem: with captions of the training images and of every class.
        cfg: settings.
        run: device, seeds, log, scratch.

    Raises:
        ValueError: captions are missing, or vectors of words or captions cannot be had.
        Diverged: training left the finite numbers.
    """
    described = [class_captions(problem, cfg.prototypes, seed) for seed in run.seeds]
    known = _known(problem, cfg)
    task = prepare(problem, known, cfg, run)
    vectors = _vectors(known, task)
    networks = [_trained(task, vectors, seed, run) for seed in run.seeds]
    prototypes = [
        place(each, known, told, cfg.text) for each, told in zip(networks, described, strict=True)
    ]
    return Model(networks, np.stack(prototypes), known, cfg)


def _known(problem: Problem, cfg: Config) -> Vocabulary | Sentences:
    """What has an id: the words of the training captions, or all captions there are."""
    training, of_classes = problem.captions or (), problem.class_captions or ()
    if cfg.encoder.kind == "sentences":
        return Sentences.of([*training, *chain.from_iterable(of_classes)])
    return Vocabulary.of(training, cfg.text.vocabulary)


def _vectors(known: Vocabulary | Sentences, task: Task) -> Callable[[], Tensor]:
    """Gives a seed the vector of every id, (ids, G): the same to all, or drawn to be learned."""
    vectors = task.cfg.text.vectors
    if isinstance(known, Sentences):
        table = known.table(Path(vectors.path or ""))
    elif vectors.by == "file":
        table = read(Path(vectors.path or ""), known.words).table(known)
    elif vectors.by == "captions":
        made = ppmi.vectors(task.tokens, known, vectors.dimension, vectors.ppmi)
        table = made.table(known)
    else:
        size = FIRST + len(known.words), vectors.dimension
        return lambda: torch.randn(size) / vectors.dimension**0.5
    fixed = torch.from_numpy(table).to(torch.get_default_dtype())
    return lambda: fixed


def _trained(task: Task, vectors: Callable[[], Tensor], seed: int, run: Run) -> Networks:
    cfg, learn = task.cfg, task.cfg.text.vectors.by == "learned"
    with seeded(run.device, seed_of(seed, BUILDING)):
        sizes = task.x.shape[1], vectors(), int(task.y.max()) + 1
        networks = Networks(*sizes, learn, cfg).to(run.device)
    train(networks, task, seed, run)
    return networks
