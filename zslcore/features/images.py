"""The images of a dataset, by row."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from zslcore.data.problem import Array

# what Pillow raises on damaged files of one format or another
UNREADABLE = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)


class Images:
    """One way to an image of any row, whatever the images are stored as.

    Args:
        source: uint8 (N, height, width, 3), perhaps memory-mapped, or the path of each image.

    Raises:
        ValueError: an array of another kind, or files that do not exist.
    """

    def __init__(self, source: Array | Sequence[Path]) -> None:
        self.array = source if isinstance(source, np.ndarray) else None
        self.paths = () if isinstance(source, np.ndarray) else tuple(source)
        if self.array is None:
            _check_paths(self.paths)
        elif self.array.dtype != np.uint8 or self.array.ndim != 4 or self.array.shape[3] != 3:
            raise ValueError(
                f"images are {self.array.dtype} {self.array.shape}; "
                "allowed: uint8 (N, height, width, 3)"
            )

    def __len__(self) -> int:
        return len(self.paths) if self.array is None else len(self.array)

    def open(self, row: int) -> Image.Image:
        """The image of one row, in RGB.

        Raises:
            ValueError: the file is damaged, or is no image.
        """
        if self.array is not None:
            return Image.fromarray(self.array[row])
        try:
            with Image.open(self.paths[row]) as image:
                return _to_rgb(image)
        except UNREADABLE as error:
            raise ValueError(
                f"image of row {row}, {self.paths[row]}: cannot be read ({error}); "
                "replace the file or leave the image out"
            ) from error


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):  # Pillow would cut all above 255 off
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if "transparency" in image.info:  # Pillow warns of a palette's transparency unless it is kept
        image = image.convert("RGBA")
    return image.convert("RGB")


def _check_paths(paths: Sequence[Path]) -> None:
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise ValueError(
            f"{len(missing)} of {len(paths)} image files do not exist, the first is {missing[0]}"
        )
