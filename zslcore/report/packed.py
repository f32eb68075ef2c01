"""Small images as text, so that they fit into the table of a study."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

STEP = 8  # between two levels of a colour: 32 are enough to see by, at half of the bytes


def coarse(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An image of 32 levels of each colour; the same if it has no others."""
    return image // STEP * STEP + STEP // 2


def packed(image: NDArray[np.uint8]) -> str:
    """A PNG in base64 of an image (h, w, 3), made coarse."""
    file = io.BytesIO()
    Image.fromarray(coarse(image)).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")


def unpacked(text: str) -> NDArray[np.uint8]:
    """What was packed, (h, w, 3).

    Raises:
        ValueError: the text is no PNG in base64.
    """
    try:
        image = Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=["PNG"])
        return np.asarray(image.convert("RGB"))
    except (ValueError, OSError) as error:
        raise ValueError(f"a picture is no PNG in base64 ({error})") from error
