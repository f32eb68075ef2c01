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


def zero_based(values: Array, limit: int, what: str) -> Labels:
    """Numbers that count from 1, as a file has them, as int64 that count from 0, (n,).

    Args:
        values: whole numbers from 1 to `limit`, of any shape and dtype.
        limit: the largest one allowed.
        what: named in the error.

    Raises:
        ValueError: a number is out of range, or not whole.
    """
    flat = values.ravel()
    if len(flat) == 0 or flat.dtype.kind not in "uif":
        raise ValueError(
            f"{what} are {len(flat)} values of type {flat.dtype}; "
            f"allowed: whole numbers from 1 to {limit}"
        )
    bad = flat[~((flat >= 1) & (flat <= limit) & (flat == np.floor(flat)))]
    if len(bad):
        raise ValueError(
            f"{what} have {len(bad)} wrong values, the first is {bad[0]}; "
            f"allowed: whole numbers from 1 to {limit}"
        )
    return flat.astype(np.int64) - 1
