"""Class vectors from what people might write about a class, in place of its attributes.

Bi-VAEGAN's auxiliary knowledge 2 (https://arxiv.org/abs/2303.08698, section 4.3) is a learnt
embedding of such sentences; here, where nothing is downloaded, words are counted.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from zslcore.data.problem import Array
from zslcore.data.sources.shapes.captions import caption
from zslcore.data.sources.shapes.config import ShapesConfig
from zslcore.data.sources.shapes.factors import Spec
from zslcore.data.sources.shapes.scene import draw_scene

WORD = r"[\w-]+"  # one letter is a word too: a mark is "an x"
DIGITS = 6

Sentences = Sequence[str]


def write(spec: Spec, cfg: ShapesConfig, rng: np.random.Generator) -> Sentences:
    """Sentences about a class; each is a caption of a scene of its own, which is no image's."""
    return tuple(_sentences(spec, cfg, rng))


def _sentences(spec: Spec, cfg: ShapesConfig, rng: np.random.Generator) -> Iterator[str]:
    for _ in range(cfg.sentences_per_class):
        yield caption(spec, draw_scene(cfg, rng), cfg, rng)


def vectors(texts: Sequence[Sentences], known: int) -> tuple[Array, tuple[str, ...]]:
    """The mean tf-idf vector of each class's sentences at unit length, and the words it counts.

    Args:
        texts: sentences of each of K classes.
        known: the first classes, whose sentences give vocabulary and idf.

    Returns:
        float32 (K, A), never negative, and the A words in alphabetical order.

    Raises:
        ValueError: no word of a class's sentences is in the vocabulary.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # a second, for this setting only

    counter = TfidfVectorizer(token_pattern=WORD)
    counter.fit([sentence for sentences in texts[:known] for sentence in sentences])
    means = np.array([counter.transform(s).toarray().mean(axis=0) for s in texts])
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    if len(mute := np.flatnonzero(lengths == 0)):
        raise ValueError(
            f"no word of the sentences about class {mute[0]} (from 0) is known from other "
            "classes' sentences; raise sentences_per_class"
        )
    # rounded: the last bit of a logarithm may differ between machines
    rounded = np.round(means / lengths, DIGITS).astype(np.float32)
    return rounded, tuple(counter.get_feature_names_out().tolist())
