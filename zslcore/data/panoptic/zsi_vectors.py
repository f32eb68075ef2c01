"""The class vectors that ZSI publishes as text: word2vec, a column for each class.

Zheng et al. 2021, https://arxiv.org/abs/2104.06601. Each line has one of the vectors' A numbers for
every column, separated by commas: the background, then the seen classes, then the unseen ones.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zslcore.data.panoptic.splits import Names


def read(path: Path, names: Names) -> dict[str, NDArray[np.float64]]:
    """The vector (A,) of each class by its name; they are as in the file, not normalised.

    The background's is left out: it is the mean of the 80 classes, unseen ones included.

    Args:
        path: of the text.
        names: of the split's classes in the published order, from `splits.names`.

    Raises:
        ValueError: a line has other than a finite number for each column, or there are other
            columns than classes.
    """
    table = _table(path)
    classes = (*names.seen, *names.unseen)
    if table.shape[1] != 1 + len(classes):
        raise ValueError(
            f"{path} has {table.shape[1]} columns; {len(names.seen)} seen and {len(names.unseen)} "
            f"unseen classes need {1 + len(classes)}, the first one being the background: is it "
            "the file of this split?"
        )
    if len(wrong := np.argwhere(~np.isfinite(table))):
        line, column = wrong[0] + 1
        raise ValueError(f"{path}, line {line}, column {column}: NaN or infinite")
    return dict(zip(classes, table[:, 1:].T.copy(), strict=True))


def _table(path: Path) -> NDArray[np.float64]:
    """All numbers, (A, columns)."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [_numbers(line, f"{path}, line {n}") for n, line in enumerate(lines, 1)]
    if not rows:
        raise ValueError(f"{path} is empty")
    for n, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"{path}, line {n} has {len(row)} numbers, line 1 has {len(rows[0])}; every line "
                "is to have one for each column"
            )
    return np.array(rows)


def _numbers(line: str, where: str) -> Sequence[float]:
    try:
        return [float(value) for value in line.split(",")]
    except ValueError as error:
        raise ValueError(f"{where}: {error}; numbers separated by commas are expected") from error
