"""What the frozen perceptual network says of every fixed crop of every image, computed once."""

from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Array, Rows
from zslcore.features.row_file import RowFile
from zslcore.methods.spaen.config import Crops
from zslcore.methods.spaen.crops import cut, scaled, views
from zslcore.methods.spaen.perceptual import Perceptual, sizes
from zslcore.runtime import processes
from zslcore.runtime.progress import counting

CROPS = 128  # perceived at a time
FILES = {"vectors": "vectors.npy", "maps": "maps.npy"}


class Caches(NamedTuple):
    """Of V crops of N images, crop by crop of each image, float16.

    Attributes:
        vectors: (N * V, H).
        maps: (N * V, C, h, w).
    """

    vectors: Rows
    maps: Rows


def make(perceptual: Perceptual, images: Rows | Array, cfg: Crops, folder: Path) -> Caches:
    """Write them, as one process or several, and open them.

    Maps of AlexNet take 87 kB per crop: 20 GB for the ten crops of AWA2.

    Raises:
        ValueError: a value is not finite, or too large for float16.
        OSError: the disk has not room for them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    windows = torch.from_numpy(views(cfg))
    vector, maps = sizes(perceptual, cfg.size)
    step, count = max(1, CROPS // len(windows)), len(images) * len(windows)
    blocks = [np.arange(k, min(k + step, len(images))) for k in range(0, len(images), step)]
    own = blocks[processes.share(len(blocks))]
    place = next(perceptual.parameters()).device
    windows = windows.to(place)
    with ExitStack() as stack:
        files = [
            stack.enter_context(RowFile(folder / FILES[name], (count, *shape)))
            for name, shape in (("vectors", (vector,)), ("maps", maps))
        ]
        total = sum(len(rows) for rows in own)
        advance = stack.enter_context(counting("perceiving", total, "images", processes.first()))
        for rows in own:
            pixels = torch.from_numpy(np.ascontiguousarray(images[rows])).to(place)
            x = cut(
                pixels.repeat_interleave(len(windows), 0),
                windows.repeat(len(rows), 1),
                cfg.size,
            )
            with torch.inference_mode():
                perceived = perceptual(scaled(x))
            for file, values in zip(files, (perceived.vector, perceived.maps), strict=True):
                file.write(int(rows[0]) * len(windows), values.half().cpu().numpy())
            advance(len(rows))
    return load(folder)


def load(folder: Path) -> Caches:
    """What `make` wrote, unread."""
    arrays = [np.load(folder / name, mmap_mode="r") for name in FILES.values()]
    return Caches(*(Rows(array, np.arange(len(array))) for array in arrays))


def tensor(held: Rows, rows: Array, device: torch.device) -> Tensor:
    """Some rows as they are computed with."""
    return torch.from_numpy(held[rows]).to(device).to(torch.get_default_dtype())
