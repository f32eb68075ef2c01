"""What evaluation and pictures of segmentation have in common: trained rows, and answers."""

import json
from collections.abc import Iterator, Mapping, Sequence

from stages import segmentation
from stages.pading import PADING, ROWS
from zslcore.data.annotated import Picture
from zslcore.methods.pading.model import Model
from zslcore.methods.pading.model import load as load_model
from zslcore.runtime import device
from zslcore.runtime.params_file import read_runtime
from zslcore.segments.answers import SIZES, Answer, Cached, answers
from zslcore.segments.config import Size
from zslcore.segments.model import load as load_segmenter
from zslcore.segments.source import Pictures


def rows(dataset: str) -> dict[str, Sequence[int]]:
    """The seeds of each row that was trained; nothing where PADing is not listed."""
    path = segmentation.pading(dataset) / "rows.json"
    if not path.exists():
        return {}
    found: Mapping[str, Sequence[int]] = json.loads(path.read_text(encoding="utf-8"))
    # the paper's order, which a JSON file with sorted keys has lost
    return {name: found[name] for name in (*ROWS, PADING) if name in found}


def models(dataset: str) -> dict[str, Model]:
    """Every row that was trained, the method itself last."""
    place = device.start(read_runtime())
    return {name: load_model(segmentation.pading(dataset) / name, place) for name in rows(dataset)}


def answered(
    dataset: str, pictures: Sequence[Picture], images: Sequence[int], size: Size
) -> Iterator[Answer]:
    """What the segmenter answers to some evaluation images, one by one.

    Taken from what `embed_segments` kept; where that was too much to keep, it is asked again.

    Args:
        dataset: prepared.
        pictures: all evaluation images.
        images: positions of those to look at.
        size: to which they are resized if it is asked again.
    """
    folder = segmentation.segments(dataset) / "evaluation"
    if (folder / SIZES).exists():
        held = Cached(folder)
        yield from (held[image] for image in images)
        return
    trained = load_segmenter(segmentation.segmenter(dataset))
    yield from answers(trained, Pictures(pictures), images, size, device.start(read_runtime()))
