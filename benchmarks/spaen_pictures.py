"""What variants of SP-AEN make of a few test images, kept in a table beside that of their study."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.tables import put
from stages.reconstruct_spaen import Tested, at_size, few_of
from zslcore.data.problem import Array
from zslcore.methods.spaen.autoencoder import Autoencoder
from zslcore.report.packed import packed

COLUMNS = ("variant", "class", "picture")
IMAGE = "test image"  # the variant that the images themselves are of


class Pictures(NamedTuple):
    """Classes of n images; the images and what is made of them, uint8 (n, size, size, 3)."""

    classes: list[str]
    images: Array
    made: Array


def made(at: Tested, auto: Autoencoder) -> Pictures:
    """What an architecture makes of a few images, of as many classes as there are."""
    few = few_of(at.classes)
    found = auto.reconstruct(at.of(auto.mode)[few], at.size)
    return Pictures([at.classes[i] for i in few], at_size(at.images[few], at.size), found)


def keep(found: Pictures, variant: str, study: Path) -> None:
    """Write the images, and what a variant made of them, in the place of what there is of it.

    Args:
        found: of `made`.
        variant: its name.
        study: result file of the study; the pictures' is <study>-pictures.csv.
    """
    path = study.with_name(f"{study.stem}-pictures.csv")
    _write(path, IMAGE, found.classes, found.images)
    _write(path, variant, found.classes, found.made)


def _write(path: Path, variant: str, classes: Sequence[str], images: Array) -> None:
    lines = [
        {"class": name, "picture": packed(image)}
        for name, image in zip(classes, images, strict=True)
    ]
    put(path, COLUMNS, {"variant": variant}, lines)
