"""Reading .mat files: numbers and strings, with errors that name the file.

Nothing here unpickles: a MATLAB cell of strings arrives as an object array of character arrays.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from zslcore.data.problem import Array, Labels


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Put the name of a file before the message of whatever goes wrong while it is read."""
    try:
        yield
    except (ValueError, TypeError, OSError, EOFError) as error:
        raise ValueError(f"{path}: {error}") from error


def read(path: Path, keys: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Array]:
    """The arrays stored under these names; an optional one that is absent is left out.

    Raises:
        ValueError: the file is missing, broken, of version 7.3, or lacks a key.
    """
    import scipy.io  # 0.1 s, which settings and other sources need not pay

    if not path.is_file():
        raise ValueError(f"{path} is missing")
    try:
        arrays = scipy.io.loadmat(path, variable_names=[*keys, *optional])
        names = [name for name, _, _ in scipy.io.whosmat(path)]
    except NotImplementedError as error:
        raise ValueError(
            f"{path} is a .mat of version 7.3, which is HDF5; save it again with -v7"
        ) from error
    except Exception as error:  # the parser meets arbitrary bytes and fails in many ways
        raise ValueError(f"{path} is cut off or not a .mat file ({error})") from error
    if missing := [key for key in keys if key not in arrays]:
        raise ValueError(f"{path} has no {', '.join(missing)}; it has {', '.join(names)}")
    return {key: arrays[key] for key in (*keys, *optional) if key in arrays}


def strings(cell: Array) -> tuple[str, ...]:
    """The strings of a cell array (N, 1) or of a padded character matrix (N,)."""
    return tuple("".join(map(str, np.ravel(item))).strip() for item in cell.ravel())


def zero_based(values: Array, count: int, what: str, first: int = 1) -> Labels:
    """Numbers that count from 1, as a .mat has them, as int64 that count from 0, (n,).

    Args:
        values: whole numbers, of any shape and dtype.
        count: how many different ones are allowed.
        what: named in the error.
        first: where they begin in the file, if not at 1.

    Raises:
        ValueError: a number is out of range, or not whole.
    """
    flat, allowed = values.ravel(), f"whole numbers from {first} to {first + count - 1}"
    if len(flat) == 0 or flat.dtype.kind not in "uif":
        raise ValueError(f"{what} are {len(flat)} values of type {flat.dtype}; allowed: {allowed}")
    bad = flat[~((flat >= first) & (flat < first + count) & (flat == np.floor(flat)))]
    if len(bad):
        raise ValueError(
            f"{what} have {len(bad)} wrong values, the first is {bad[0]}; allowed: {allowed}"
        )
    return flat.astype(np.int64) - first
