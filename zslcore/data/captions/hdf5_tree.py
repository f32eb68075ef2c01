"""An HDF5 file per image with arrays txt1 .. txtN of character codes, as Reed et al. have them."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.captions.captions import Record
from zslcore.data.captions.config import CaptionsConfig
from zslcore.data.captions.files import Files, Found
from zslcore.data.captions.names import place
from zslcore.data.problem import Array


def read(found: Found, files: Files, cfg: CaptionsConfig) -> Iterator[Record]:
    """The captions of every file, in the order of the paths and of the arrays' numbers."""
    for path in found.paths:
        captions = [_text(codes, path) for codes in _arrays(files.read(path), path)]
        yield Record(place(f"{path.parent.name}/{path.stem}"), captions)


def _arrays(content: bytes, path: Path) -> list[Array]:
    """txt1, txt2, .. in the order of their numbers; txt10 is the last of ten, not the second."""
    import h5py  # 0.1 s, which other layouts need not pay

    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            numbers = {int(m[1]): name for name in file if (m := re.fullmatch(r"txt(\d+)", name))}
            held = [_inside(file, numbers[n]) for n in sorted(numbers)]
            arrays = [None if item is None else np.asarray(item[()]) for item in held]
            names = list(file)
    except Exception as error:  # the parser meets arbitrary bytes and fails in many ways
        raise ValueError(f"{path} is cut off or not an HDF5 file ({error})") from error
    if not arrays:
        raise ValueError(f"{path} has no txt1, txt2, ..; it has {', '.join(names) or 'nothing'}")
    if any(array is None for array in arrays):
        raise ValueError(f"{path}: txt1, txt2, .. are to be arrays in this file, not elsewhere")
    return [array for array in arrays if array is not None]


def _inside(file: Any, name: str) -> Any:
    """The dataset of this name, or None where it is no dataset or its data are in another file."""
    import h5py

    if not isinstance(file.get(name, getlink=True), h5py.HardLink):
        return None
    item = file[name]
    if not isinstance(item, h5py.Dataset) or item.external or item.is_virtual:
        return None
    return item


def _text(codes: Array, path: Path) -> str:
    """The text with these character codes, padded with zeros or not.

    Codes up to 255 are bytes, as the strings of Lua are; larger ones can only be code points.
    """
    if codes.ndim != 1 or codes.dtype.kind not in "uif":
        raise ValueError(
            f"{path} has captions of type {codes.dtype} and shape {codes.shape}; allowed: "
            "one-dimensional arrays of character codes"
        )
    flat = codes.astype(np.float64)
    if not ((flat >= 0) & (flat <= 0x10FFFF) & (flat == np.floor(flat))).all():
        raise ValueError(f"{path} has numbers that are no character codes; allowed: 0 to 1114111")
    whole = codes.astype(np.int64)
    if (whole > 255).any():
        return "".join(map(chr, whole.tolist())).rstrip("\0")
    return bytes(whole.tolist()).rstrip(b"\0").decode("utf-8", errors="surrogateescape")
