"""Which attributes belong together, and that on disk.

clusters.json holds the fields of `Clusters`: {"how": "..", "names": ["head", ..], "of": [0, 3, ..]}
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import StrictInt

from zslcore.data.problem import Labels
from zslcore.runtime import params
from zslcore.runtime.files import write_json

FILE = "clusters.json"


@dataclass(frozen=True, eq=False)
class Clusters:
    """A division of the A attributes into Q clusters, none of them empty.

    Attributes:
        names: of the clusters, in order, (Q,).
        of: cluster of each attribute, 0..Q-1, int64, (A,).
        how: where the division comes from, in words.

    Raises:
        ValueError: two clusters have one name, one has no attribute, or an id is out of range.
    """

    names: tuple[str, ...]
    of: Labels
    how: str = ""

    def __post_init__(self) -> None:
        if self.of.ndim != 1 or self.of.dtype != np.int64:
            raise ValueError(
                f"clusters of attributes are {self.of.dtype} of shape {self.of.shape}; "
                "they are to be int64 of shape (A,)"
            )
        q = len(self.names)
        if len(bad := np.flatnonzero((self.of < 0) | (self.of >= q))):
            raise ValueError(
                f"attribute {bad[0]} (from 0) is in cluster {self.of[bad[0]]}; "
                f"allowed: 0 to {q - 1}"
            )
        if twice := [name for name, count in Counter(self.names).items() if count > 1]:
            raise ValueError(f"clusters that have one name: {', '.join(twice)}")
        if empty := [n for n, size in zip(self.names, self.sizes, strict=True) if size == 0]:
            raise ValueError(f"clusters without an attribute: {', '.join(empty)}")

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many attributes each cluster has, (Q,)."""
        return tuple(np.bincount(self.of, minlength=len(self.names)).tolist())


class _File(params.Params):
    names: tuple[str, ...]
    of: tuple[StrictInt, ...]
    how: str


def save(clusters: Clusters, folder: Path) -> None:
    """Write clusters.json."""
    about = {"names": clusters.names, "of": clusters.of.tolist(), "how": clusters.how}
    write_json(about, folder / FILE)


def save_none(why: str, folder: Path) -> None:
    """Write a clusters.json without clusters; `why` is what `lacking` then answers."""
    write_json({"names": [], "of": [], "how": why}, folder / FILE)


def load(folder: Path) -> Clusters:
    """What `save` wrote.

    Raises:
        ValueError: naming the file: it is missing or broken, or there are no clusters in it.
    """
    found, path = _read(folder), folder / FILE
    if not found.names:
        raise ValueError(f"{path} has no clusters of attributes: {found.how}")
    try:
        return Clusters(found.names, np.array(found.of, dtype=np.int64), found.how)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def lacking(folder: Path) -> str:
    """Why a clusters.json has no clusters; nothing if it has some.

    Raises:
        ValueError: naming the file: it is missing or broken.
    """
    found = _read(folder)
    return "" if found.names else found.how


def _read(folder: Path) -> _File:
    path = folder / FILE
    if not path.is_file():
        raise ValueError(f"{path} is missing: the stage attribute_clusters writes it")
    try:
        return params.load(path, _File)
    except params.ParamsError:
        raise
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
