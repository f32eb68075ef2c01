"""p(y): what the captions of a class's images say on average."""

from collections.abc import Sequence

import numpy as np

from zslcore.data.problem import Array, Problem
from zslcore.methods.clarel.config import Prototypes
from zslcore.methods.clarel.embed import embed_texts
from zslcore.methods.clarel.encoders import Networks
from zslcore.text.config import Text
from zslcore.text.encode import encode
from zslcore.text.sentences import Sentences
from zslcore.text.vocabulary import Vocabulary

Captions = Sequence[Sequence[str]]
"""Of the images of one class."""


def class_captions(problem: Problem, cfg: Prototypes, seed: int) -> list[Captions]:
    """The captions behind each prototype, K lists of images.

    all: of a seen class the training captions and those of its held-out images (paper and code);
    strict: of a seen class the training captions alone. An unseen class has only its own images'.

    Args:
        problem: with captions of training images and of classes.
        cfg: source, and the most images of a class; of more, a random part is taken.
        seed: draws that part.

    Raises:
        ValueError: a class has no caption.
    """
    training, described = problem.captions, problem.class_captions
    if training is None or described is None:
        raise ValueError("CLAREL needs captions: of the training images, and of every class")
    found: list[Captions] = []
    for c, name in enumerate(problem.class_names):
        held = [training[i] for i in np.flatnonzero(problem.y == c).tolist()]
        if cfg.source == "all" or not problem.seen[c]:
            held += described[c]
        held = [captions for captions in held if captions]
        if not held:
            raise ValueError(f"class {name} has no caption; each class needs one to be known by")
        drawn = np.random.default_rng([seed, c]).permutation(len(held))[: cfg.images]
        found.append([held[i] for i in sorted(drawn.tolist())])
    return found


def place(
    networks: Networks,
    known: Vocabulary | Sentences,
    described: Sequence[Captions],
    cfg: Text,
) -> Array:
    """Of each class the mean of its images' text embeddings, (K, Z).

    Args:
        networks: of one seed.
        known: the model's words or captions.
        described: as `class_captions` gives them.
        cfg: settings of words.
    """
    flat = [captions for of_class in described for captions in of_class]
    placed = embed_texts(networks, encode(known, flat, cfg))
    ends = np.cumsum([len(of_class) for of_class in described])
    return np.stack([part.mean(0) for part in np.split(placed, ends[:-1].tolist())])
