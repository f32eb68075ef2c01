"""From features through an embedding to an image: F, or what the study puts there, and G."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from torch import Tensor, nn

from zslcore.data.problem import Array, Rows
from zslcore.methods.spaen import keys
from zslcore.methods.spaen.coders import Mode, Plain, Split
from zslcore.methods.spaen.config import Images
from zslcore.methods.spaen.crops import centre, whole
from zslcore.methods.spaen.generator import layers
from zslcore.methods.spaen.initial import made
from zslcore.methods.spaen.networks import Head, Shape, new_head
from zslcore.methods.spaen.reconstruction import squared_error
from zslcore.nn.tensors import write_tensors
from zslcore.runtime.run import Run

IMAGES = 64  # generated at a time


class Autoencoder(nn.Module):
    """Coder, G's head, image generator.

    Attributes:
        coder: of `coders`.
        head: (1, B, C) -> (1, B, H), C from the coder.
        generator: (B, H) -> (B, 3, G, G).
        mode: which architecture it is.
    """

    def __init__(
        self, coder: Plain | Split, head: Head, generator: nn.Sequential, mode: Mode
    ) -> None:
        super().__init__()
        self.coder, self.head, self.generator, self.mode = coder, head, generator, mode

    def decode(self, code: Tensor) -> Tensor:
        """(1, B, C) -> images (B, 3, G, G); about [-1, 1], not cut off there."""
        image: Tensor = self.generator(self.head(code)[0])
        return image

    @torch.no_grad()
    def embed(self, x: Array) -> Array:
        """Embeddings of features (N, I), (N, A)."""
        place = self.head.w1
        parts = [
            self.coder(torch.from_numpy(each).to(place)[None]).semantic[0].cpu().numpy()
            for each in _blocks(x)
        ]
        return np.concatenate(parts)

    def reconstruct(self, x: Array, size: int) -> Array:
        """Images of features (N, I), uint8 (N, size, size, 3)."""
        parts = [
            image.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
            for image in self._images(x, size)
        ]
        return torch.cat([each.cpu() for each in parts]).numpy()

    def errors(self, x: Array, images: Rows | Array, size: int) -> Array:
        """Of each image the mean squared error of its reconstruction, pixels in [-1, 1], (N,).

        Args:
            x: features (N, I).
            images: whole squares, uint8 (N, S, S, 3).
            size: of what is compared, pixels.
        """
        found, begin = [], 0
        for image in self._images(x, size):
            pixels = np.ascontiguousarray(images[np.arange(begin, begin + len(image))])
            target = whole(torch.from_numpy(pixels), size).to(image)
            found.append(squared_error(image, target).cpu().numpy())
            begin += len(image)
        return np.concatenate(found)

    def save(self, path: Path) -> None:
        """Write it as safetensors."""
        write_tensors(self.state_dict(), path)

    @torch.no_grad()
    def _images(self, x: Array, size: int) -> Iterator[Tensor]:
        place = self.head.w1
        for each in _blocks(x):
            code = self.coder(torch.from_numpy(each).to(place)[None]).code
            yield centre(self.decode(code), size)


def new(
    mode: Mode, sizes: tuple[int, int], generator: nn.Sequential, cfg: Images, run: Run
) -> Autoencoder:
    """One that has learnt nothing but what its generator has; DirectMap's E comes from elsewhere.

    Args:
        mode: architecture.
        sizes: of the features that go in, and of the class vectors.
        generator: changed by training unless it is frozen.
        cfg: settings.
        run: of one seed.
    """
    inputs, a = sizes
    how, split = cfg.heads, mode == "splitbranch"
    hidden, part = (how.f, keys.F) if mode == "spaen" else (how.e, keys.E)
    shape = Shape(inputs, hidden, 2 * a if split else a, how.slope)
    streams = keys.weights_of(run, part)
    head, code = new_head(shape, streams), 2 * a if split else a
    coder: Plain | Split = Plain(head)
    if split:
        seed = keys.module_seed(run, keys.MERGE)
        coder = Split(head, *(_layer(a, seed + k, run.device) for k in range(2)))
    wide = next(iter(generator.parameters())).shape[1]
    decoder = new_head(Shape(code, how.g, wide, how.slope), keys.weights_of(run, keys.GENERATOR))
    return Autoencoder(coder, decoder, generator, mode)


def load(path: Path, mode: Mode, cfg: Images, device: torch.device) -> Autoencoder:
    """What `Autoencoder.save` wrote.

    Args:
        path: of the file.
        mode: of the autoencoder.
        cfg: settings that it was trained with.
        device: where to put it.

    Raises:
        ValueError: the file does not hold an autoencoder of that mode and these settings.
    """
    values = safetensors.torch.load_file(path, device=str(device))
    try:
        return restored(values, mode, cfg)
    except (KeyError, RuntimeError) as error:
        raise ValueError(f"{path} does not hold a {mode} of the settings: {error}") from None


def restored(values: Mapping[str, Tensor], mode: Mode, cfg: Images) -> Autoencoder:
    """From the values of its `state_dict`.

    Raises:
        KeyError: one is missing.
        RuntimeError: one is of another shape, or not of this architecture.
    """
    slope = cfg.heads.slope
    coder_head = Head(_below(values, "coder.head."), slope)
    coder: Plain | Split = Plain(coder_head)
    head, place = Head(_below(values, "head."), slope), values["head.w1"].device
    if mode == "splitbranch":
        a = coder_head.w2.shape[2] // 2
        coder = Split(coder_head, *(_layer(a, 0, place) for _ in range(2)))
    wide = head.w2.shape[2]
    generator = made(lambda: layers(wide, cfg.generator, slope), 0, place)
    found = Autoencoder(coder, head, generator, mode)
    found.load_state_dict(dict(values))
    return found.requires_grad_(False).eval()


def _below(values: Mapping[str, Tensor], above: str) -> dict[str, Tensor]:
    return {n.removeprefix(above): v.clone() for n, v in values.items() if n.startswith(above)}


def _layer(a: int, seed: int, device: torch.device) -> nn.Linear:
    return made(lambda: nn.Linear(a, a), seed, device)


def _blocks(x: Array) -> Iterator[Array]:
    for begin in range(0, len(x), IMAGES):
        yield np.ascontiguousarray(x[begin : begin + IMAGES])
