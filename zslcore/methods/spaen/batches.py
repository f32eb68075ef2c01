"""What a step on images sees."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Array, Labels, Rows
from zslcore.methods.spaen import caches, crops
from zslcore.methods.spaen.caches import Caches
from zslcore.methods.spaen.config import Crops
from zslcore.methods.spaen.crops import Windows
from zslcore.methods.spaen.perceptual import Perceived, Perceptual
from zslcore.runtime import processes


@dataclass(frozen=True)
class Drawn:
    """B crops.

    Attributes:
        rows: of which images, (B,).
        windows: (B, 3).
        cached: their rows in the caches, (B,), or None for crops that have none.
    """

    rows: Labels
    windows: Windows
    cached: Labels | None

    def own(self) -> "Drawn":
        """This process's part of them."""
        part = processes.share(len(self.rows))
        cached = None if self.cached is None else self.cached[part]
        return Drawn(self.rows[part], self.windows[part], cached)


@dataclass(frozen=True)
class Pictures:
    """The training images, and the frozen network that looks at them.

    Attributes:
        images: uint8 (N, resize, resize, 3).
        perceptual: frozen.
        caches: of the fixed crops; None where crops are random.
        cfg: settings of the crops.
        device: of the training.
    """

    images: Rows | Array
    perceptual: Perceptual
    caches: Caches | None
    cfg: Crops
    device: torch.device

    def draw(self, size: int, rng: np.random.Generator) -> Drawn:
        """The next batch, of all processes: images at random, of each a crop at random."""
        return draw(len(self.images), size, self.cfg, rng)

    def crops(self, drawn: Drawn) -> Tensor:
        """(B, 3, size, size) in [-1, 1]."""
        return crops_of(self.images, drawn, self.cfg.size, self.device)

    def perceived(self, drawn: Drawn, x: Tensor) -> Perceived:
        """Maps and vectors of crops x, without gradient."""
        if self.caches is None or drawn.cached is None:
            with torch.no_grad():
                found: Perceived = self.perceptual(x)
            return found
        maps = caches.tensor(self.caches.maps, drawn.cached, self.device)
        return Perceived(maps, self.vectors(drawn))

    def vectors(self, drawn: Drawn) -> Tensor:
        """Vectors of crops alone, without gradient, (B, H)."""
        if self.caches is None or drawn.cached is None:
            return self.perceived(drawn, self.crops(drawn)).vector
        return caches.tensor(self.caches.vectors, drawn.cached, self.device)


def draw(images: int, size: int, cfg: Crops, rng: np.random.Generator) -> Drawn:
    """A batch of crops, each image as likely as any other."""
    rows = rng.integers(0, images, size)
    if cfg.train == "random":
        return Drawn(rows, crops.random_windows(size, cfg, rng), None)
    fixed = crops.views(cfg)
    which = rng.integers(0, len(fixed), size)
    return Drawn(rows, fixed[which], rows * len(fixed) + which)


def crops_of(images: Rows | Array, drawn: Drawn, size: int, device: torch.device) -> Tensor:
    """The crops that were drawn, (B, 3, size, size) in [-1, 1]."""
    pixels = torch.from_numpy(np.ascontiguousarray(images[drawn.rows])).to(device)
    windows = torch.from_numpy(drawn.windows).to(device)
    return crops.scaled(crops.cut(pixels, windows, size))


def check_images(images: Rows | Array | None, cfg: Crops) -> Rows | Array:
    """The images of a problem, if they are squares of the right size.

    Raises:
        ValueError: there are none, or of another shape.
    """
    if images is None:
        raise ValueError("SP-AEN learns from images, and the problem has none")
    side = cfg.resize
    if images.shape[1:] != (side, side, 3):
        raise ValueError(
            f"the images are {images.shape[1:]}; with crops.resize {side} they must be "
            f"({side}, {side}, 3): set crops.resize to their side, or write squares of them first"
        )
    return images
