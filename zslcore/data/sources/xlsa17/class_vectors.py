"""Class vectors, and names and vectors of their attributes."""

from pathlib import Path

import numpy as np

from zslcore.data.problem import Array
from zslcore.data.sources.xlsa17 import mat
from zslcore.data.sources.xlsa17.attribute_names import read_attribute_names
from zslcore.data.sources.xlsa17.config import Xlsa17Config


def read_class_vectors(folder: Path, cfg: Xlsa17Config, split: dict[str, Array]) -> Array:
    """`att` of the class vectors' file, repaired and scaled as set, float32 (K, A).

    Raises:
        ValueError: its classes have another order than those of the split's file, or a vector
            that is to be scaled is zero.
    """
    path = folder / cfg.class_vectors
    arrays = mat.read(path, ("att",), ("allclasses_names",))
    lists = [a["allclasses_names"] for a in (arrays, split) if "allclasses_names" in a]
    if len(set(map(mat.strings, lists))) > 1:
        raise ValueError(f"{path}: allclasses_names differ from those of {cfg.split}")
    with mat.naming(path):
        vectors = arrays["att"].T.astype(np.float64)
        if cfg.negative_attributes == "zero":
            vectors = np.maximum(vectors, 0.0)
        if cfg.class_vector_norm == "l2":
            vectors = unit_rows(vectors)
    return np.ascontiguousarray(vectors, dtype=np.float32)


def unit_rows(vectors: Array) -> Array:
    """Rows scaled to unit length, (K, A).

    Raises:
        ValueError: a row is zero.
    """
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if len(zero := np.flatnonzero(norms == 0)):
        raise ValueError(f"the vector of class {zero[0] + 1} is zero: it cannot have unit length")
    return vectors / norms


def read_attributes(folder: Path, cfg: Xlsa17Config) -> tuple[tuple[str, ...], Array | None]:
    """The attributes' names, or (), and a vector for each name, float32 (A, G), or None.

    Raises:
        ValueError: the names' file is not in order, or the vectors' file is no .npy of numbers.
    """
    names: tuple[str, ...] = ()
    vectors = None
    if cfg.attribute_names is not None:
        names = read_attribute_names(folder / cfg.attribute_names)
    if cfg.attribute_vectors is not None:
        with mat.naming(folder / cfg.attribute_vectors):
            vectors = np.load(folder / cfg.attribute_vectors, allow_pickle=False).astype(np.float32)
    return names, vectors
