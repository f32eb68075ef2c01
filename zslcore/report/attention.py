"""Where the experts of a method look: in numbers, in words, and as a file that is shown."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from zslcore.report.text import markdown, percent

Array = NDArray[Any]
Numbers = Mapping[str, Any]

FILES = ("attention.svg", "attention.json")
NOTHING = '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
CAPTION = (
    "Region attention of the first seed in test images of unseen classes, the first one each of "
    "some of them, for attributes that their class has; below a fine expert's map, its cluster. "
    "Drawn after training, with test labels; nothing was chosen on it."
)
EXPERTS = {"coarse": "cExp", "fine": "fExp"}


class Attention(NamedTuple):
    """What was found of a dataset.

    Attributes:
        picture: SVG.
        numbers: as they are in the JSON file.
    """

    picture: bytes
    numbers: Numbers


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


def read(folder: Path) -> Attention | None:
    """What `draw_attention` wrote; None where it had nothing to draw, or was never run."""
    picture, numbers = (folder / name for name in FILES)
    if not picture.exists() or not numbers.exists():
        return None
    about = json.loads(numbers.read_text(encoding="utf-8"))
    return Attention(picture.read_bytes(), about) if about else None


def file_name(dataset: str, method: str) -> str:
    """That of the picture in the report."""
    return f"{dataset}-{method}-attention.svg"


def section(dataset: str, method: str, numbers: Numbers) -> list[str]:
    """What the page has of it: the picture, what it shows, and a table of numbers."""
    name = file_name(dataset, method)
    groups = numbers["groups"].items()
    table = DataFrame([{"attributes of": group, **_texts(found)} for group, found in groups])
    said = (
        f"Over {numbers['images']} test images of unseen classes and all seeds. *Spread* is the "
        "entropy of the attention, 1 if uniform over the regions; *agreement* the cosine of both "
        "experts' maps, which two uniform ones have, too"
    )
    where = "; *on it* the percentage of attention on the regions where the generator draws it"
    known = any("uniform" in found for _, found in groups)
    return [
        f"![{name.removesuffix('.svg')}]({name})\n",
        f"*{CAPTION}*\n",
        f"{said}{where if known else ''}.\n",
        markdown(table.fillna("")),
    ]


def _texts(found: Mapping[str, float]) -> dict[str, str]:
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
