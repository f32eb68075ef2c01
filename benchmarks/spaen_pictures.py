"""What variants of SP-AEN make of a few test images, kept in a table beside that of their study."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.spaen_protocol import Cell
from benchmarks.tables import put
from zslcore.data.problem import Array
from zslcore.methods.spaen.model import Model
from zslcore.report.packed import packed

COLUMNS = ("variant", "class", "picture")
IMAGE = "test image"  # the variant that the images themselves are of


def keep(at: Cell, model: Model, variant: str, study: Path) -> None:
    """Write the pictures of the model's first seed, and the images that they are of.

    Args:
        at: what the model was trained and is measured on.
        model: of the test phase; nothing is kept of one that has no F.
        variant: its name.
        study: result file of the study; the pictures' is <study>-pictures.csv.
    """
    if model.autoencoders:
        path = study.with_name(f"{study.stem}-pictures.csv")
        classes, images, made = at.pictures(model.autoencoders[0], model.cfg.crops.size)
        _write(path, IMAGE, classes, images)
        _write(path, variant, classes, made)


def _write(path: Path, variant: str, classes: Sequence[str], images: Array) -> None:
    lines = [
        {"class": name, "picture": packed(image)}
        for name, image in zip(classes, images, strict=True)
    ]
    put(path, COLUMNS, {"variant": variant}, lines)
