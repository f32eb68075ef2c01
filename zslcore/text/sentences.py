"""Vectors of whole captions, made elsewhere: by CLIP's text encoder, a sentence transformer."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np

from zslcore.data.problem import Array, check_finite
from zslcore.runtime.files import write_json
from zslcore.text.tokens import FIRST, UNKNOWN, Tokens
from zslcore.text.vectors import Vectors
from zslcore.text.vocabulary import Captions


@dataclass(frozen=True)
class Sentences:
    """Captions that have an id of their own, as the words of a vocabulary have.

    Attributes:
        captions: distinct ones, without blanks around them and none of them empty; the id of
            captions[i] is i + `tokens.FIRST`.
    """

    captions: tuple[str, ...]

    @classmethod
    def of(cls, captions: Captions) -> Self:
        """All that images have, in the order in which they first occur.

        Raises:
            ValueError: all are empty.
        """
        stripped = (caption.strip() for caption in chain.from_iterable(captions))
        if not (found := tuple(dict.fromkeys(filter(None, stripped)))):
            raise ValueError(f"the captions of the {len(captions)} images are all empty")
        return cls(found)

    @classmethod
    def load(cls, path: Path) -> Self:
        """What `save` wrote."""
        return cls(tuple(json.loads(path.read_text(encoding="utf-8"))["captions"]))

    def save(self, path: Path) -> None:
        """As JSON."""
        write_json({"captions": self.captions}, path)

    def encode(self, captions: Captions) -> Tokens:
        """Captions as one id each; an empty one is `UNKNOWN`.

        Args:
            captions: of each image, N.

        Raises:
            ValueError: an image has no caption, or a caption is not among these.
        """
        known = {caption: i for i, caption in enumerate(self.captions, FIRST)}
        stripped = [caption.strip() for caption in chain.from_iterable(captions)]
        _check_known(stripped, known, "the captions of the problem that was trained on")
        encoded = ((known[caption] if caption else UNKNOWN,) for caption in stripped)
        return Tokens.of(encoded, captions, 1)

    def table(self, path: Path) -> Vectors:
        """The vector of every id, (ids, G): zero for padding and the empty caption.

        Args:
            path: of a .npy file (M, G); a .txt file of the same name beside it has the caption of
                each row in a line, UTF-8. Of equal captions the first counts.

        Raises:
            ValueError: a file is missing or not what it should be, or a caption has no vector.
        """
        vectors, lines = _read(path)
        row = {caption: i for i, caption in reversed(list(enumerate(lines)))}
        _check_known(self.captions, row, str(path.with_suffix(".txt")))
        with np.errstate(over="ignore"):  # too large for float32 is infinite, and said below
            own = vectors[[row[caption] for caption in self.captions]].astype(np.float32)
        check_finite(f"the vectors of these captions in {path}", own)
        return np.concatenate((np.zeros((FIRST, own.shape[1]), np.float32), own))


def _check_known(captions: Iterable[str], known: Mapping[str, int], among: str) -> None:
    distinct = dict.fromkeys(filter(None, captions))
    if missing := [caption for caption in distinct if caption not in known]:
        raise ValueError(
            f"{len(missing)} of {len(distinct)} captions are not in {among}, so they have no "
            f"vector; the first is {missing[0]!r}. Every caption needs one, under its exact text"
        )


def _read(path: Path) -> tuple[Array, list[str]]:
    """Vectors (M, G), memory-mapped, and their captions."""
    beside = path.with_suffix(".txt")
    for each in (path, beside):
        if not each.is_file():
            raise ValueError(
                f"there is no file {each}; sentence vectors are a .npy file (captions x numbers) "
                "and a .txt file of the same name with one caption per line"
            )
    try:
        vectors: Array = np.lib.format.open_memmap(path, mode="r")
        lines = beside.read_text(encoding="utf-8-sig").removesuffix("\n").split("\n")
    except ValueError as error:
        raise ValueError(f"{path} and {beside.name} cannot be read: {error}") from error
    if vectors.ndim != 2 or not vectors.size or vectors.dtype.kind != "f":
        raise ValueError(
            f"{path} is of shape {vectors.shape} and type {vectors.dtype}; wanted: floats, a row "
            "for each caption"
        )
    if len(lines) != len(vectors):
        raise ValueError(f"{beside} has {len(lines)} captions, {path.name} {len(vectors)} vectors")
    return vectors, [line.strip() for line in lines]
