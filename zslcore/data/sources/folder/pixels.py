"""What an image's file holds: opened once, its size read before anything is decoded."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError

from zslcore.data.captions.names import some
from zslcore.data.sources.folder.findings import Findings
from zslcore.data.sources.folder.images import FOLDER, Entry
from zslcore.runtime.digest import sha256

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "JPEG2000", "AVIF")
LEAST, MOST = 8, 10_000  # pixels of a side; what is smaller or larger is a mistake
DEEP = ("I", "F")  # Pillow's modes of 32 bits, which have no known range
REPLACE = "replace it, or take it out"
ORIENTATION = 0x0112  # EXIF's tag; 1 = as stored


class Look(NamedTuple):
    """What was seen of an image.

    Attributes:
        width, height: pixels.
        mode: Pillow's.
        frames: 1, or more of an animation.
        turned: whether a camera's note says that the stored pixels are to be turned.
        sha256: of the file.
    """

    width: int
    height: int
    mode: str
    frames: int
    turned: bool
    sha256: str


Looks = Mapping[str, Look]
"""By the image's path below images/."""

NOTES: dict[str, Callable[[Look], bool]] = {
    "CMYK, converted to RGB": lambda look: look.mode == "CMYK",
    "of 16 bits, of which the upper 8 are read": lambda look: look.mode.startswith("I;16"),
    "animated, of which the first frame is read": lambda look: look.frames > 1,
    "partly transparent, which is not kept": lambda look: look.mode in ("RGBA", "LA", "PA"),
    "stored turned (EXIF orientation), and read as stored": lambda look: look.turned,
}
"""What is allowed, but unusual, and how it is read."""


def look_at(root: Path, entries: Sequence[Entry], findings: Findings) -> dict[str, Look]:
    """What each image is; those that cannot be read are problems, and left out."""
    looks = {}
    for entry in entries:
        try:
            looks[entry.image] = look(root / entry.image)
        except Unfit as error:
            file, row = entry.where
            findings.problem(file, str(error) if row is None else f"{entry.image} {error}", row)
    _remark(looks, findings)
    _compare(entries, looks, findings)
    return looks


class Unfit(ValueError):
    """An image that is not to be used; the message begins with is or has."""


def look(path: Path) -> Look:
    """What an image is; it is decoded, so that a file that ends too early is found.

    Raises:
        Unfit: it is no image, damaged, too small or too large.
    """
    try:
        if path.stat().st_size == 0:
            raise Unfit(f"is an empty file; {REPLACE}")
        return _decoded(path, sha256(path))
    except Unfit:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unfit(f"is too large ({error}); {_sides()}; make it smaller") from error
    except UnidentifiedImageError as error:
        raise Unfit(f"is no image (allowed: {', '.join(FORMATS)}); {REPLACE}") from error
    except Exception as error:  # decoders meet arbitrary bytes and fail in many ways
        raise Unfit(f"is damaged ({error}); {REPLACE}") from error


def _decoded(path: Path, digest: str) -> Look:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, on what it can read all the same
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(path, formats=FORMATS) as image:
            _check_size(*image.size)
            if image.mode in DEEP:
                raise Unfit(f"has 32 bits a pixel (mode {image.mode}); save it with 8 or 16")
            found = Look(
                *image.size,
                mode=image.mode,
                frames=getattr(image, "n_frames", 1),
                turned=image.getexif().get(ORIENTATION, 1) != 1,
                sha256=digest,
            )
            image.load()
    return found


def _check_size(width: int, height: int) -> None:
    if not (min(width, height) >= LEAST and max(width, height) <= MOST):
        raise Unfit(f"is {width} x {height} pixels; {_sides()}; {REPLACE}")


def _sides() -> str:
    return f"allowed: {LEAST} to {MOST:,} pixels a side, {Image.MAX_IMAGE_PIXELS or 0:,} in all"


def _remark(looks: Looks, findings: Findings) -> None:
    for note, is_so in NOTES.items():
        if named := [image for image, each in looks.items() if is_so(each)]:
            noun = "image is" if len(named) == 1 else "images are"
            findings.remark(FOLDER, f"{len(named)} {noun} {note}: {some(named)}")


def _compare(entries: Sequence[Entry], looks: Looks, findings: Findings) -> None:
    """The same file under two classes is a mistake; under one it may be in both sets."""
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry.image not in looks:
            continue
        other = first.setdefault(looks[entry.image].sha256, entry)
        if other is entry:
            continue
        file, row = entry.where
        same = f"{entry.image} has the same bytes as {other.image}"
        if other.label != entry.label:
            text = f"{same}, which is of class {other.label}, not {entry.label}; take one out"
            findings.problem(file, text, row)
        else:
            findings.remark(file, f"{same}; one may be tested on after the other was learned", row)
