"""Names of classes: where they are listed, and how lists are matched."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zslcore.data.checks import check_unique
from zslcore.data.problem import Array, Labels
from zslcore.data.sources.xlsa17.config import Xlsa17Config
from zslcore.data.sources.xlsa17.mat import naming, strings


def class_names(
    folder: Path, cfg: Xlsa17Config, split: Mapping[str, Array], k: int
) -> tuple[tuple[str, ...], str]:
    """The names of the K classes and where they come from.

    They are in the split's file, else in allclasses.txt, else they are numbers from class_001.

    Raises:
        ValueError: there are not K of them, or one occurs twice.
    """
    path = folder / "allclasses.txt"
    if "allclasses_names" in split:
        path, names = folder / cfg.split, strings(split["allclasses_names"])
    elif path.is_file():
        names = read_list(path)
    else:
        return tuple(f"class_{i:03d}" for i in range(1, k + 1)), "numbers"
    with naming(path):
        check_unique("class names", names)
        if len(names) != k:
            raise ValueError(f"names of {len(names)} classes, {cfg.class_vectors} has {k} vectors")
    return names, path.name


def read_list(path: Path) -> tuple[str, ...]:
    """The names in a text file, one per line.

    Raises:
        ValueError: naming the file and the names that occur twice.
    """
    with naming(path):
        lines = path.read_text(encoding="utf-8").splitlines()
        names = tuple(line.strip() for line in lines if line.strip())
        check_unique("names", names)
    return names


def match(listed: Sequence[str], names: Sequence[str]) -> Labels:
    """The id of each listed name, (n,).

    Releases of CUB spell 17 classes differently (009.Brewers_Blackbird, 009.Brewer_Blackbird), so
    a name that does not occur is matched by its leading number, if a single class has that.

    Raises:
        ValueError: naming the unknown ones.
    """
    ids = {name: i for i, name in enumerate(names)}
    numbers = [_number(name) for name in names]
    count = Counter(numbers)
    by_number: dict[int | None, int] = {
        n: i for i, n in enumerate(numbers) if n is not None and count[n] == 1
    }
    found = [ids.get(name, by_number.get(_number(name), -1)) for name in listed]
    if unknown := [name for name, i in zip(listed, found, strict=True) if i < 0]:
        some = ", ".join(unknown[:5])
        raise ValueError(f"{len(unknown)} names are none of the {len(names)} classes, e.g. {some}")
    return np.array(found, dtype=np.int64)


def _number(name: str) -> int | None:
    found = re.match(r"\d+", name)
    return int(found[0]) if found else None
