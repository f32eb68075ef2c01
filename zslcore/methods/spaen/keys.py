"""Keys of a seed's random numbers: what one part of a training draws, no other part does."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zslcore.nn.seeding import seed_of
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

PERCEPTUAL, CLASSIFIER, GENERATOR, MERGE = 10, 11, 12, 13
F, E, D = 20, 21, 22
WEIGHTS, IMAGES, CRITIC = 0, 1, 2  # of a part: its first weights, its batches, D's batches


def weights_of(run: Run, part: int) -> Streams:
    """What the first weights of a part are drawn from."""
    return Streams(run, part, WEIGHTS)


def module_seed(run: Run, part: int) -> int:
    """The same for modules of PyTorch, of the run's first seed."""
    return seed_of(run.seeds[0], part, WEIGHTS)


def batches_of(run: Run, part: int, number: int, kind: int = IMAGES) -> np.random.Generator:
    """What draws the batches of images of a round, of the run's first seed."""
    return np.random.default_rng([run.seeds[0], part, kind, number])


def streams_of(run: Run, part: int, number: int, kind: int = IMAGES) -> Streams:
    """What draws the rest of a round."""
    return Streams(run, part, kind, number)


def alone(run: Run, seeds: Sequence[int] | None = None) -> Run:
    """The run with these seeds, or with its first one."""
    return replace(run, seeds=tuple(run.seeds[:1] if seeds is None else seeds))
