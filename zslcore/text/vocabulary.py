"""The words that have an id of their own, and captions as ids."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Literal, Self

from zslcore.data.problem import Array
from zslcore.runtime.files import write_json
from zslcore.text.tokens import FIRST, UNKNOWN, Tokens
from zslcore.text.words import split

Captions = Sequence[Sequence[str]]
"""The captions of each image."""


@dataclass(frozen=True)
class Vocabulary:
    """The most frequent words of the training captions.

    Attributes:
        words: most frequent first, those of equal frequency in order of their characters' codes;
            the id of words[i] is i + `tokens.FIRST`.
        counts: how often each occurs in the captions that the vocabulary was made from.
        total: how many words these captions have, those outside the vocabulary included.

    Raises:
        ValueError: there is no word, one occurs twice, one is not what `split` calls a word, or
            counts do not fit.
    """

    words: tuple[str, ...]
    counts: tuple[int, ...]
    total: int

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("a vocabulary needs at least one word")
        if strange := [word for word in self.words if split(word) != [word]]:
            raise ValueError(
                f"the vocabulary has {strange[0]!r}, which is not one word in lower case without "
                "punctuation: make the vocabulary anew from captions"
            )
        if twice := [word for word, times in Counter(self.words).items() if times > 1]:
            raise ValueError(f"the vocabulary has {twice[0]!r} more than once")
        if len(self.counts) != len(self.words) or sum(self.counts) > self.total:
            raise ValueError(
                f"{len(self.counts)} counts with the sum {sum(self.counts)} do not fit "
                f"{len(self.words)} words in captions of {self.total} words"
            )

    @classmethod
    def of(cls, captions: Captions, size: int) -> Self:
        """From the training captions, and from no others.

        Args:
            captions: of each training image.
            size: most words to keep; padding and the unknown word are not among them.

        Raises:
            ValueError: no caption has a word.
        """
        counts = Counter(chain.from_iterable(map(split, chain.from_iterable(captions))))
        if not counts:
            raise ValueError(f"the captions of the {len(captions)} training images have no word")
        kept = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]
        words, times = zip(*kept, strict=True)
        return cls(words, times, counts.total())

    @classmethod
    def load(cls, path: Path) -> Self:
        """What `save` wrote."""
        held = json.loads(path.read_text(encoding="utf-8"))
        return cls(tuple(held["words"]), tuple(held["counts"]), held["total"])

    def save(self, path: Path) -> None:
        """As JSON."""
        write_json(asdict(self), path)

    def encode(self, captions: Captions, length: int, keep: Literal["first", "last"]) -> Tokens:
        """Captions as ids.

        A caption without a word becomes the unknown word alone, so that every caption has a length
        of at least 1; an image without a caption has nothing to be described by, and is an error.

        Args:
            captions: of each image, N.
            length: L; what a caption has beyond these words is dropped.
            keep: of a longer caption its first words (ours: they say most) or its last ones (the
                published code's).

        Raises:
            ValueError: an image has no caption, or the length is below 1.
        """
        if length < 1:
            raise ValueError(f"captions are to keep {length} words; allowed: 1 or more")
        kept = slice(length) if keep == "first" else slice(-length, None)
        known = {word: i for i, word in enumerate(self.words, FIRST)}
        encoded = (
            tuple(known.get(word, UNKNOWN) for word in words[kept])
            for words in (split(caption) or [""] for caption in chain.from_iterable(captions))
        )
        return Tokens.of(encoded, captions, length)

    def decode(self, ids: Array) -> list[str]:
        """The words of one row of ids up to its padding, <unknown> for the unknown word."""
        names = ("<padding>", "<unknown>", *self.words)
        return [names[i] for i in ids.tolist() if i]
