"""How the classes are described: by the factors behind their images, or by sentences."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np

from zslcore.data.problem import Array
from zslcore.data.sources.shapes import sentences
from zslcore.data.sources.shapes.config import ShapesConfig
from zslcore.data.sources.shapes.factors import Spec, attribute_names, class_vector
from zslcore.data.sources.shapes.vectors import attribute_vectors

DESIGN = (
    "Unseen classes are new combinations of values that seen classes show; some differ from "
    "another class in one value only.",
    "Few seen classes but half of the unseen ones show the mark: an attribute that hardly varies "
    "in training and matters at test.",
    "Corner and direction carry meaning: do not flip the images in training.",
)


class Description(NamedTuple):
    """What is known of all classes: fields as in `Dataset`, and where the vectors come from."""

    class_vectors: Array
    attribute_names: tuple[str, ...]
    attribute_vectors: Array | None
    origin: Mapping[str, Any]
    notes: tuple[str, ...]


def by_factors(specs: Sequence[Spec]) -> Description:
    """The values that the images were rendered from, one attribute each."""
    notes = (
        "Generated: the attributes are the factors that the images were rendered from.",
        *DESIGN,
        "Unseen classes differ in size by design; the attribute vectors are random vectors of the "
        "names' words, not learnt from text.",
    )
    vectors = np.stack([class_vector(spec) for spec in specs])
    return Description(vectors, attribute_names(), attribute_vectors(), {"name": "factors"}, notes)


def by_sentences(
    specs: Sequence[Spec], cfg: ShapesConfig, streams: Sequence[np.random.Generator]
) -> Description:
    """The words of sentences about each class; `streams` has random numbers for each.

    Raises:
        ValueError: no word about a class is used of the classes that are seen in both phases.
    """
    texts = [sentences.write(spec, cfg, rng) for spec, rng in zip(specs, streams, strict=True)]
    # the classes of val come last of the seen ones: in its phase they count as unseen
    vectors, words = sentences.vectors(texts, cfg.seen_classes - cfg.val_classes)
    origin = {
        "name": "sentences",
        "sentences_per_class": cfg.sentences_per_class,
        "scikit-learn": version("scikit-learn"),
    }
    notes = (
        "Generated: class vectors are tf-idf vectors of captions written about the classes, of "
        "scenes that are no image's; vocabulary and idf are those of classes seen in both phases.",
        *DESIGN,
        "Unseen classes differ in size by design.",
    )
    return Description(vectors, words, None, origin, notes)
