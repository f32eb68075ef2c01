"""The vector of each class, and of each attribute's name, from where the settings say."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zslcore.data.problem import Array
from zslcore.data.sources.folder.config import FolderConfig
from zslcore.data.sources.folder.contents import Contents
from zslcore.data.sources.folder.encoder import encode

ByWords = Callable[[Path, Sequence[str]], Array]
"""Vectors (N, G) of texts, given a file of word vectors; those are no business of this package."""


class Described(NamedTuple):
    """Class vectors float32 (K, A); names of the A attributes, or (); their vectors, or None."""

    vectors: Array
    attribute_names: tuple[str, ...]
    attribute_vectors: Array | None


def describe(contents: Contents, cfg: FolderConfig, by_words: ByWords) -> Described:
    """What describes the classes, in their order.

    Args:
        contents: without problems.
        cfg: of the dataset.
        by_words: makes vectors of texts.

    Raises:
        ValueError: a file that the settings need is missing or not in order, or what comes out
            tells two classes not apart.
    """
    names, attributes = tuple(contents.classes), contents.attributes
    if cfg.class_vectors.by != "attributes":
        return Described(_checked(_by_texts(contents, cfg, by_words), names, cfg), (), None)
    if attributes is None:
        raise ValueError(_missing(contents, cfg, "attributes.csv"))
    array = np.stack([attributes.of[name] for name in names]).astype(np.float64)
    vectors = None
    if cfg.words is not None:
        vectors = by_words(contents.folder / cfg.words, attributes.names).astype(np.float32)
    return Described(_checked(array, names, cfg), attributes.names, vectors)


def _by_texts(contents: Contents, cfg: FolderConfig, by_words: ByWords) -> Array:
    """The mean of what becomes of each class's texts, (K, A)."""
    if contents.texts is None:
        raise ValueError(_missing(contents, cfg, "texts.csv"))
    texts = [contents.texts[name] for name in contents.classes]
    flat = [text for held in texts for text in held]
    if cfg.class_vectors.by == "words":
        vectors = by_words(contents.folder / str(cfg.words), flat)
    else:
        model = str(cfg.class_vectors.model)
        below = contents.folder / model
        vectors = encode(str(below) if below.is_dir() else model, flat, cfg.class_vectors.pooling)
    ends = np.cumsum([len(held) for held in texts])[:-1]
    return np.array([part.mean(axis=0) for part in np.split(vectors, ends)])


def _checked(array: Array, names: Sequence[str], cfg: FolderConfig) -> Array:
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    if len(zero := np.flatnonzero(lengths[:, 0] == 0)):
        raise ValueError(f"the vector of {names[zero[0]]} is 0: describe the class otherwise")
    scaled = (array / lengths if cfg.class_vectors.norm == "l2" else array).astype(np.float32)
    first: dict[bytes, str] = {}
    for name, vector in zip(names, scaled, strict=True):
        if (other := first.setdefault(vector.tobytes(), name)) != name:
            raise ValueError(
                f"{name} and {other} have the same class vector ({cfg.class_vectors.by}, norm "
                f"{cfg.class_vectors.norm}), so that nothing tells them apart: describe one further"
            )
    return scaled


def _missing(contents: Contents, cfg: FolderConfig, file: str) -> str:
    return f"class vectors by {cfg.class_vectors.by} need {file}, which {contents.folder} has not"
