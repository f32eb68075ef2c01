"""Pixel maps as COCO-Stuff's: grey PNGs whose values are categories' ids less 1, 255 for none.

Caesar et al. 2018, https://arxiv.org/abs/1612.03716; its archive of maps is named stuffthingmaps.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zslcore.data.annotated import Annotated, Picture, read_ids
from zslcore.data.panoptic.annotations import VOID, IdMap, Segment
from zslcore.data.panoptic.files import read_categories
from zslcore.data.panoptic.splits import Split
from zslcore.data.panoptic.unseen import IGNORE, LabelMap, check_no_unseen, ignore_unseen
from zslcore.data.sources.coco.config import CocoConfig, Files
from zslcore.data.sources.coco.part import Parts, divide, size, table
from zslcore.runtime.mistakes import nearest

OFFICIAL = Path(__file__).with_name("coco_stuff.json")
SUFFIXES = (".jpg", ".jpeg", ".png")


def read(folder: Path, cfg: CocoConfig) -> Parts:
    """All images are trained on, but not the pixels of unseen classes.

    Every map that is used is decoded once, its labels held to the seen classes.

    Raises:
        ValueError: naming the file and what is wrong.
    """
    path = OFFICIAL if cfg.categories is None else folder / cfg.categories
    categories = read_categories(path)
    split = divide(cfg, categories)
    train, val = (_listed(folder, part, cfg.limit) for part in (cfg.train, cfg.val))
    found, hidden = [], []
    for picture, png in zip(*train, strict=True):
        labels, n_hidden = ignore_unseen(_labels(png, picture, split), split)
        check_no_unseen(labels, split, picture.path.name)
        found.append(_segments(labels, split))
        hidden.append(n_hidden)
    truth = [
        _segments(_labels(png, picture, split), split) for picture, png in zip(*val, strict=True)
    ]
    dropped = {
        "images": len(found),
        "with_unseen": int(np.count_nonzero(hidden)),
        "unseen_pixels": sum(hidden),
        "kept": len(found),
    }
    return Parts(
        split,
        categories,
        Annotated("semantic", train[0], table(found, split), train[1]),
        Annotated("semantic", val[0], table(truth, split), val[1]),
        dropped,
    )


def _listed(
    folder: Path, part: Files, limit: int | None
) -> tuple[tuple[Picture, ...], tuple[Path, ...]]:
    """The first maps in the order of their names, and the image of each.

    Raises:
        ValueError: there is no map, or no image to one.
    """
    maps = tuple(sorted((folder / str(part.maps)).glob("*.png"))[:limit])
    if not maps:
        raise ValueError(f"{folder / str(part.maps)} has no PNG; the maps are to be there")
    images = folder / part.images
    return tuple(_picture(images, png) for png in maps), maps


def _picture(images: Path, png: Path) -> Picture:
    for suffix in SUFFIXES:
        path = images / f"{png.stem}{suffix}"
        if path.is_file():
            return Picture(path, *size(path))
    raise ValueError(
        f"{images}: there is no image {png.stem} ({', '.join(SUFFIXES)}) to the map {png}; put it "
        "there, or take the map away"
    )


def _labels(path: Path, picture: Picture, split: Split) -> LabelMap:
    """The class of each pixel, (H, W), 255 for none, and for categories that are no class."""
    ids = read_ids(path, "semantic", picture)
    of = np.full(256 + 1, -1, dtype=np.int64)
    of[[VOID, *split.absent]] = IGNORE
    of[[each.id for each in split.categories]] = np.arange(len(split.categories))
    labels = of[ids]
    if (labels < 0).any():
        _refuse(ids, labels, split, path)
    return labels


def _refuse(ids: IdMap, labels: LabelMap, split: Split, path: Path) -> None:
    strange = int(ids[labels < 0].min())
    known = sorted(each.id for each in split.categories)
    raise ValueError(
        f"{path}: pixels of value {strange - 1}, but no category has the id {strange}; values are "
        f"ids less 1{nearest(str(strange), [str(each) for each in known])}"
    )


def _segments(labels: LabelMap, split: Split) -> Sequence[Segment]:
    """One for each class that is there; its id is that of the category."""
    there = np.flatnonzero(np.bincount(labels.ravel(), minlength=IGNORE + 1)[:IGNORE])
    ids = (split.categories[k].id for k in there.tolist())
    return [Segment(each, each, False) for each in ids]
