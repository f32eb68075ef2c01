"""Zero-shot splits of categories, from class names; splits.json has the published ones of COCO."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zslcore.data.panoptic.annotations import Category
from zslcore.data.problem import Labels, Mask
from zslcore.runtime.mistakes import nearest
from zslcore.runtime.params import Params, check


class Published(Params):
    """One entry of splits.json.

    Attributes:
        about: where it was published.
        seen: names, or None: all other categories of the official file, in its order.
        n_seen: how many these are.
        unseen: names, in the published order.
        absent: names of categories of the official file that are neither.
    """

    about: str
    seen: tuple[str, ...] | None
    n_seen: int
    unseen: tuple[str, ...]
    absent: tuple[str, ...]


class _Table(Params):
    splits: dict[str, Published]


@dataclass(frozen=True)
class Split:
    """K classes, numbered in the order of the categories' file.

    Attributes:
        categories: of the classes, K of them; class k is categories[k].
        seen: bool, (K,).
        absent: ids of the file's categories that are no class.
    """

    categories: tuple[Category, ...]
    seen: Mask
    absent: frozenset[int] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the classes, K of them."""
        return tuple(each.name for each in self.categories)

    @property
    def things(self) -> Mask:
        """Which classes are things, bool, (K,)."""
        return np.array([each.thing for each in self.categories])

    def classes(self, ids: Sequence[int], where: str) -> Labels:
        """The classes of categories, by these' ids, (n,).

        Raises:
            ValueError: a category is not in the split.
        """
        known = {each.id: k for k, each in enumerate(self.categories)}
        if strange := [each for each in ids if each not in known]:
            raise ValueError(
                f"{where}: category {strange[0]} is not in the split; allowed: the ids of its "
                f"{len(known)} classes{nearest(str(strange[0]), [str(each) for each in known])}"
            )
        return np.array([known[each] for each in ids], dtype=np.int64)


class Names(NamedTuple):
    """The names of a split's classes, each in the published order."""

    seen: tuple[str, ...]
    unseen: tuple[str, ...]


def published() -> dict[str, Published]:
    """splits.json."""
    path = Path(__file__).with_name("splits.json")
    held = json.loads(path.read_text(encoding="utf-8"))
    return check(_Table, {"splits": held}, str(path)).splits


def names(split: str, categories: Sequence[Category]) -> Names:
    """The names of a published split's classes, in its order.

    Args:
        split: its name.
        categories: all of the official file.

    Raises:
        ValueError: there is no such split, or it is one of other categories.
    """
    known = published()
    if split not in known:
        raise ValueError(f"no split {split!r}{nearest(split, known)}")
    of = known[split]
    out = {*of.unseen, *of.absent}
    seen = of.seen or tuple(each.name for each in categories if each.name not in out)
    given = [each.name for each in categories]
    for name in (*seen, *of.unseen, *of.absent):
        if name not in given:
            raise ValueError(
                f"split {split}: there is no category {name!r} among the {len(given)} of the file; "
                f"is it the official one?{nearest(name, given)}"
            )
    if len(seen) != of.n_seen or len(seen) + len(out) != len(given):
        raise ValueError(
            f"split {split}: {len(seen)} seen, {len(of.unseen)} unseen and {len(of.absent)} absent "
            f"of {len(given)} categories; there are to be {of.n_seen} seen ones: is this the "
            "official file?"
        )
    return Names(seen, of.unseen)


def split(name: str, categories: Sequence[Category]) -> Split:
    """A published split.

    Raises:
        ValueError: there is no such split, or it is one of other categories.
    """
    return divide(categories, *names(name, categories))


def divide(categories: Sequence[Category], seen: Sequence[str], unseen: Sequence[str]) -> Split:
    """The split of some categories into seen and unseen ones, by their names.

    Raises:
        ValueError: a name is no category, or on both sides, or a side has none.
    """
    given = [each.name for each in categories]
    for name in (*seen, *unseen):
        if name not in given or (name in seen and name in unseen):
            what = "no category" if name not in given else "both seen and unseen"
            raise ValueError(f"{name!r} is {what}{nearest(name, given)}")
    if not seen or not unseen:
        raise ValueError(f"{len(seen)} seen and {len(unseen)} unseen classes; each side needs one")
    classes = tuple(each for each in categories if each.name in {*seen, *unseen})
    absent = frozenset(each.id for each in categories) - {each.id for each in classes}
    return Split(classes, np.array([each.name in set(seen) for each in classes]), absent)
