"""Which images and which captions a step sees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zslcore.data.problem import Labels
from zslcore.methods.clarel.config import Batch
from zslcore.text.tokens import Tokens


@dataclass(frozen=True)
class Drawn:
    """B images with M captions each.

    Attributes:
        images: positions, (B,).
        rows: distinct captions of the batch, rows of the tokens, (U,).
        times: how often each of them is meant, (U,).
        places: which of the U each caption of each image is, (B, M).
        share: of each caption in its image's mean, (B, M); 0 where an image has fewer.
    """

    images: Labels
    rows: Labels
    times: Labels
    places: Labels
    share: NDArray[np.float32]


class Batches:
    """Draws batches; the order of draws is all that a seed decides.

    Distinct images of the whole set, whatever their classes (code), and of each image `captions`
    captions: with replacement (code), distinct ones as far as there are, or all there are.

    Args:
        tokens: the captions of N images.
        y: classes (N,); looked at only if images are to have captions of others of their class.
        cfg: settings.
    """

    def __init__(self, tokens: Tokens, y: Labels, cfg: Batch) -> None:
        self.tokens, self.cfg = tokens, cfg
        self.size = min(cfg.images, len(tokens.start))
        if cfg.pairing != "instance":
            self.y = y
            self.of_class = {c: np.flatnonzero(y == c) for c in np.unique(y).tolist()}

    def draw(self, rng: np.random.Generator) -> Drawn:
        """The next batch."""
        images = rng.choice(len(self.tokens.start), self.size, replace=False)
        captions = [self._captions(image, rng) for image in images.tolist()]
        size = max(len(each) for each in captions)
        share = np.zeros((self.size, size), np.float32)
        padded = np.empty((self.size, size), np.int64)
        for place, each in enumerate(captions):
            padded[place] = np.resize(each, size)
            share[place, : len(each)] = 1 / len(each)
        rows, places = np.unique(padded, return_inverse=True)
        places = places.reshape(padded.shape)
        times = np.bincount(places[share > 0], minlength=len(rows))
        return Drawn(images, rows, times, places, share)

    def _captions(self, image: int, rng: np.random.Generator) -> Labels:
        """Rows of the tokens for one image of the batch."""
        if self.cfg.pairing == "class_mean":
            others = self.of_class[int(self.y[image])]
            held = np.concatenate([self.tokens.rows(int(other)) for other in others])
        elif self.cfg.pairing == "class_shuffled":
            held = self.tokens.rows(self._other(image, rng))
        else:
            held = self.tokens.rows(image)
        if self.cfg.sample == "replacement":
            return rng.choice(held, self.cfg.captions)
        if self.cfg.sample == "distinct":
            return rng.choice(held, min(self.cfg.captions, len(held)), replace=False)
        return held

    def _other(self, image: int, rng: np.random.Generator) -> int:
        """Another image of the same class; the same one if its class has no other."""
        others = self.of_class[int(self.y[image])]
        others = others[others != image]
        return int(rng.choice(others)) if len(others) else image
