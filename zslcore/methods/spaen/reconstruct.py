"""The reconstruction study, Table 3 and Figure 6: four ways from an image to its picture."""

from collections.abc import Iterator
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor, nn

from zslcore.data.problem import Array, Rows
from zslcore.methods.spaen import keys
from zslcore.methods.spaen.autoencoder import IMAGES, Autoencoder, new
from zslcore.methods.spaen.batches import Pictures
from zslcore.methods.spaen.coders import Mode, Plain
from zslcore.methods.spaen.config import Config, Images
from zslcore.methods.spaen.crops import whole
from zslcore.methods.spaen.perceptual import Perceptual, sizes
from zslcore.methods.spaen.reconstruction import squared_error
from zslcore.methods.spaen.task import Labelled, unit
from zslcore.methods.spaen.train_e import train_e
from zslcore.methods.spaen.train_f import train_on_images
from zslcore.runtime.run import Run


def train_mode(
    mode: Mode,
    generator: nn.Sequential,
    pictures: Pictures,
    labelled: Labelled,
    cfg: Images,
    run: Run,
) -> Autoencoder:
    """F and G of SP-AEN, or E and G of another architecture; each has a generator of its own.

    Args:
        mode: spaen | directmap | sae | splitbranch.
        generator: what the image generator starts from; it stays as it is.
        pictures: training images.
        labelled: their features and classes.
        cfg: settings; all of them for another architecture than "spaen".
        run: its first seed counts.

    Raises:
        Diverged: a term is not finite.
    """
    run, inputs = keys.alone(run), labelled.x.shape[1]
    if mode == "spaen":
        inputs, _ = sizes(pictures.perceptual, cfg.crops.size)
    auto = new(mode, (inputs, labelled.classes.shape[1]), deepcopy(generator), cfg, run)
    if mode == "directmap":
        assert isinstance(cfg, Config)
        auto.coder = Plain(train_e(labelled, None, cfg, run))
    train_on_images(auto, pictures, None if mode == "spaen" else labelled, cfg, run)
    return auto.eval()


def inputs_of(mode: Mode, vectors: Array, x: Array) -> Array:
    """What an autoencoder is given: of the perceptual network's vectors and E's features, its own.

    Args:
        mode: of the autoencoder.
        vectors: of `vectors_of`, (N, H).
        x: features (N, V).
    """
    return vectors if mode == "spaen" else unit(x)


@torch.inference_mode()
def vectors_of(perceptual: Perceptual, images: Rows | Array, size: int) -> Array:
    """The perceptual network's vectors of whole squares (N, S, S, 3), float32 (N, H)."""
    place = next(perceptual.parameters())
    found = [perceptual(x.to(place)).vector.float().cpu() for x in _whole(images, size)]
    return torch.cat(found).numpy()


def mean_image(images: Rows | Array, size: int) -> Tensor:
    """The mean of training images, (3, size, size) in [-1, 1]."""
    total = sum(x.double().sum(0) for x in _whole(images, size))
    return torch.as_tensor(total / len(images))


def errors_of(guess: Tensor, images: Rows | Array, size: int) -> Array:
    """The mean squared error of one picture for all images, (N,); beside it stands Table 3.

    Args:
        guess: (3, size, size) in [-1, 1], such as `mean_image`.
        images: whole squares, uint8 (N, S, S, 3).
        size: of what is compared, pixels.
    """
    return torch.cat([squared_error(x.to(guess), guess) for x in _whole(images, size)]).numpy()


def _whole(images: Rows | Array, size: int) -> Iterator[Tensor]:
    for begin in range(0, len(images), IMAGES):
        rows = np.arange(begin, min(begin + IMAGES, len(images)))
        yield whole(torch.from_numpy(np.ascontiguousarray(images[rows])), size)
