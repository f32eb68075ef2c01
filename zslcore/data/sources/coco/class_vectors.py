"""What describes the classes, from where the settings say."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from zslcore.data.panoptic import splits, zsi_vectors
from zslcore.data.panoptic.annotations import Category
from zslcore.data.problem import Array
from zslcore.data.sources.coco import clip_text, given_vectors
from zslcore.data.sources.coco.config import ClassVectors, CocoConfig
from zslcore.runtime.mistakes import nearest

Vector = NDArray[np.floating]
MARKS = frozenset({"merged", "other", "stuff"})  # in names of COCO's categories, not of things


class Words(Protocol):
    """Vectors of some words, in their order."""

    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def array(self) -> NDArray[np.float32]: ...


ReadWords = Callable[[Path, Collection[str]], Words]
"""Reads those of some words that a file has; word vectors are no business of this package."""


class Described(NamedTuple):
    """The vectors of K classes, float32 (K, A), and the names of the A attributes, or ()."""

    vectors: Array
    attribute_names: tuple[str, ...] = ()


def describe(
    folder: Path,
    cfg: CocoConfig,
    names: Sequence[str],
    categories: Sequence[Category],
    read_words: ReadWords,
) -> Described:
    """The vector of each class.

    Args:
        folder: of the dataset.
        cfg: its settings.
        names: of the K classes.
        categories: all of the files.
        read_words: for word vectors.

    Raises:
        ValueError: the file is not in order, a class has no vector, or one that is to have unit
            length is 0.
    """
    given = cfg.class_vectors
    attributes: tuple[str, ...] = ()
    if given.by == "clip":
        asked = [words_of(name) for name in names] if given.names == "words" else None
        texts = names if asked is None else [" ".join(each) for each in asked]
        array = clip_text.encode(_model(folder, str(given.model)), texts, given.prompts)
        by_name: Mapping[str, Vector] = dict(zip(names, array, strict=True))
    elif given.by == "word2vec":
        by_name = _from_words(folder / str(given.path), names, read_words)
    elif given.by == "zsi":
        order = splits.names(str(cfg.split), categories)
        by_name = zsi_vectors.read(folder / str(given.path), order)
    else:
        by_name, attributes = given_vectors.read(folder / str(given.path))
    return Described(_stacked(by_name, names, given), attributes)


def words_of(name: str) -> list[str]:
    """The words of a category's name that say what it is: of sky-other-merged, sky.

    All of them where there would be none.
    """
    words = name.replace("-", " ").split()
    return [word for word in words if word not in MARKS] or words


def _model(folder: Path, model: str) -> str:
    """A folder below the dataset's, if there is one; else a path or a name on the hub."""
    below = folder / model
    return str(below) if below.is_dir() else model


def _from_words(path: Path, names: Sequence[str], read_words: ReadWords) -> dict[str, Vector]:
    """A phrase as one word of the file (sports_ball), or else the mean of the words it has."""
    words = {name: words_of(name) for name in names}
    wanted = {word: None for each in words.values() for word in ("_".join(each), *each)}
    read = read_words(path, list(wanted))
    have = dict(zip(read.words, read.array, strict=True))
    found: dict[str, Vector] = {}
    for name, parts in words.items():
        phrase = ["_".join(parts)] if "_".join(parts) in have else parts
        if vectors := [have[word] for word in phrase if word in have]:
            found[name] = np.array(vectors, dtype=np.float64).mean(axis=0)
    return found


def _stacked(by_name: Mapping[str, Vector], names: Sequence[str], cfg: ClassVectors) -> Array:
    if without := [name for name in names if name not in by_name]:
        raise ValueError(
            f"class vectors by {cfg.by} ({cfg.path or cfg.model}): {len(without)} of {len(names)} "
            f"classes have none, such as {without[0]!r}{nearest(without[0], by_name)}"
        )
    vectors = np.stack([by_name[name] for name in names]).astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if len(zero := np.flatnonzero(lengths[:, 0] == 0)):
        raise ValueError(f"the vector of {names[zero[0]]} is 0: it has no direction")
    return (vectors / lengths if cfg.norm == "l2" else vectors).astype(np.float32)
