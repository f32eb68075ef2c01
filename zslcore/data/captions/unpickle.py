"""Pickles of lists, dicts, text and numbers, and of nothing else.

A pickle is a program: it may call whatever it names. This reader lets it name the few functions
that stand for numpy's arrays and numbers, and calls its own in their place. Those make lists, so
that not even numpy's rebuilding of an array, which trusts the pickle, sees what is in the file.
"""

import io
import pickle
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

CODES = re.compile(r"b1|[iu][1248]|f[248]|[SU]\d{1,6}|O[48]?")


def loads(content: bytes) -> Any:
    """What is in a pickle, also in one of Python 2; numpy arrays come as lists.

    Raises:
        ValueError: it names anything else, or is broken.
    """
    try:
        return _Reader(io.BytesIO(content), encoding="latin1").load()
    except Exception as error:  # arbitrary bytes fail in many ways
        raise ValueError(f"cannot be unpickled: {error}") from error


class _Dtype:
    """Stands for numpy.dtype: plain numbers, strings and objects only."""

    def __init__(self, code: str, align: bool = False, copy: bool = False) -> None:
        if not CODES.fullmatch(code):
            raise ValueError(f"it has an array of dtype {code!r}; allowed are numbers and strings")
        self.code, self.order = code, "="

    def __setstate__(self, state: Sequence[Any]) -> None:
        self.order = {"<": "<", ">": ">"}.get(state[1], "=")

    @property
    def is_object(self) -> bool:
        return self.code.startswith("O")

    def values(self, raw: bytes | str) -> np.ndarray[Any, Any]:
        """The numbers or strings in these bytes; Python 2 has bytes as text."""
        content = raw.encode("latin1") if isinstance(raw, str) else bytes(raw)
        return np.frombuffer(content, np.dtype(self.order + self.code))


class _Array(list[Any]):
    """Stands for an array, numpy.ndarray: a list that fills itself."""

    def __setstate__(self, state: Sequence[Any]) -> None:
        _, shape, dtype, columns_first, held = state
        self.fill(shape, dtype, columns_first, held)

    def fill(self, shape: Sequence[int], dtype: _Dtype, columns_first: bool, held: Any) -> None:
        if dtype.is_object:
            if not isinstance(held, list) or len(shape) != 1:
                raise ValueError("it has an array of objects that is no list of them")
            self[:] = held
        else:
            values = dtype.values(held)
            self[:] = values.reshape(tuple(shape), order="F" if columns_first else "C").tolist()


def _reconstruct(kind: Any, shape: Any, code: Any) -> _Array:
    return _Array()  # what it holds follows as its state


def _frombuffer(held: Any, dtype: _Dtype, shape: Sequence[int], order: str) -> _Array:
    array = _Array()
    array.fill(shape, dtype, order == "F", held)
    return array


def _scalar(dtype: _Dtype, held: Any) -> Any:
    return dtype.values(held)[0].item()


def _encode(text: str, encoding: str) -> bytes:
    """Stands for _codecs.encode, by which early protocols write bytes."""
    if encoding != "latin1":
        raise ValueError(f"it encodes text as {encoding!r}; allowed is latin1")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    """Stands for bytes, which early protocols call for the empty one."""
    return b""


_CORES = ("numpy._core", "numpy.core")
_ADMITTED: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): _no_bytes,
    ("builtins", "bytes"): _no_bytes,
    **{(f"{core}.multiarray", "_reconstruct"): _reconstruct for core in _CORES},
    **{(f"{core}.multiarray", "scalar"): _scalar for core in _CORES},
    **{(f"{core}.numeric", "_frombuffer"): _frombuffer for core in _CORES},
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ADMITTED:
            raise ValueError(
                f"it asks for {module}.{name}; allowed are lists, tuples, dicts, text, bytes, "
                "numbers and numpy arrays of these"
            )
        return _ADMITTED[module, name]
