"""Where the experts of a method look: in numbers, and as a picture with words and a table."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zslcore.report.drawn import Drawn, Table
from zslcore.report.text import percent

Array = NDArray[Any]
Numbers = Mapping[str, float]

CAPTION = (
    "Region attention of the first seed in test images of unseen classes, the first one each of "
    "some of them, for attributes that their class has; below a fine expert's map, its cluster. "
    "Drawn after training, with test labels; nothing was chosen on it."
)
EXPERTS = {"coarse": "cExp", "fine": "fExp"}


def measure(
    maps: Mapping[str, Array], groups: Sequence[Sequence[int]], places: Sequence[Array | None]
) -> list[dict[str, float]]:
    """Of every group of attributes: how spread attention is, whether experts agree, what it hits.

    Means over seeds, images and attributes, whether or not an image shows the attribute:
    `<expert>.entropy`, relative to that of uniform attention, which has 1; with two experts
    `agreement`, the cosine of their maps; with a place `<expert>.on_place`, the share of attention
    there, and `uniform`, which that would be if no region were preferred.

    Args:
        maps: of every expert, (S, N, D, R), summing to 1 over the R regions.
        groups: attributes of each group, positions in 0..D-1.
        places: of each group, the regions where its attributes are, bool (R,), or None.
    """
    found = []
    for own, place in zip(groups, places, strict=True):
        parts = {expert: values[:, :, list(own)].astype(float) for expert, values in maps.items()}
        numbers = {f"{expert}.entropy": _entropy(part) for expert, part in parts.items()}
        if len(parts) == 2:
            numbers["agreement"] = _cosine(*parts.values())
        if place is not None:
            of_place = {e: float(part[..., place].sum(-1).mean()) for e, part in parts.items()}
            numbers |= {f"{expert}.on_place": share for expert, share in of_place.items()}
            numbers["uniform"] = float(place.mean())
        found.append(numbers)
    return found


def drawn(picture: bytes, images: int, groups: Mapping[str, Numbers]) -> Drawn:
    """The picture, what it shows, and a table of numbers.

    Args:
        picture: SVG.
        images: so many were measured.
        groups: what `measure` found of each group of attributes, by its name.
    """
    said = (
        f"Over {images} test images of unseen classes and all seeds. *Spread* is the "
        "entropy of the attention, 1 if uniform over the regions; *agreement* the cosine of both "
        "experts' maps, which two uniform ones have, too"
    )
    where = "; *on it* the percentage of attention on the regions where the generator draws it"
    known = any("uniform" in found for found in groups.values())
    lines = [{"attributes of": group, **_texts(found)} for group, found in groups.items()]
    return Drawn(picture, CAPTION, [Table(f"{said}{where if known else ''}.", lines)])


def _texts(found: Numbers) -> dict[str, str]:
    """A line of the table, with what there is."""
    titles = {
        **{f"{expert}.entropy": f"spread, {title}" for expert, title in EXPERTS.items()},
        "agreement": "agreement",
        **{f"{expert}.on_place": f"on it, {title}" for expert, title in EXPERTS.items()},
        "uniform": "on it if uniform",
    }
    shares = ("on_place", "uniform")
    return {
        title: percent(found[key]) if key.endswith(shares) else f"{found[key]:.2f}"
        for key, title in titles.items()
        if key in found
    }


def _entropy(maps: Array) -> float:
    logs = np.log(maps, out=np.zeros_like(maps), where=maps > 0)
    return float(-(maps * logs).sum(-1).mean() / math.log(maps.shape[-1]))


def _cosine(x: Array, y: Array) -> float:
    lengths = np.linalg.norm(x, axis=-1) * np.linalg.norm(y, axis=-1)
    return float(((x * y).sum(-1) / lengths).mean())
