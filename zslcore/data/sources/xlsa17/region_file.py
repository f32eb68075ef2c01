"""Region maps as users of DAZLE and DEDN have them: an HDF5 file, held against the other files.

    feature_map                                      (N, C, height, width), float
    labels                                           (N,), from 0
    trainval_loc, test_seen_loc, test_unseen_loc     rows, from 0

Its rows are those of res101.mat. Only what is small is read here; the maps themselves are left to
the `features` stage. The split stays that of att_splits.mat, and class and attribute vectors are
those that the settings name: the file's `att`, `original_att` and `w2v_att` are not read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zslcore.data.dataset import Dataset
from zslcore.data.problem import Array, Labels
from zslcore.data.sources.xlsa17.mat import naming, zero_based

MAPS = "feature_map"
SETS = ("trainval_loc", "test_seen_loc", "test_unseen_loc")


@dataclass(frozen=True)
class RegionFile:
    """What a file of region maps says of itself.

    Attributes:
        path: of the file.
        shape: of the maps, (N, C, height, width).
        lists: its `labels` and sets of rows, as far as it has them, as in the file.
    """

    path: Path
    shape: tuple[int, ...]
    lists: Mapping[str, Array]


def read(path: Path) -> RegionFile:
    """The shape of the maps, and the lists beside them.

    Raises:
        ValueError: the file is damaged, is no HDF5 file, or has no maps of that form.
    """
    import h5py  # 0.1 s, which other datasets need not pay

    try:
        with h5py.File(path, "r") as file:
            held = {name: item for name, item in file.items() if isinstance(item, h5py.Dataset)}
            kinds = {name: (item.shape, item.dtype) for name, item in held.items()}
            lists = {n: np.asarray(held[n][()]) for n in ("labels", *SETS) if n in held}
    except Exception as error:  # the parser meets arbitrary bytes and fails in many ways
        raise ValueError(f"{path} is cut off or not an HDF5 file ({error})") from error
    if MAPS not in kinds:
        raise ValueError(f"{path} has no {MAPS}; it has {', '.join(kinds) or 'nothing'}")
    with naming(path):
        shape, dtype = kinds[MAPS]
        _check_maps(shape, dtype)
    return RegionFile(path, shape, lists)


def _check_maps(shape: tuple[int, ...], dtype: np.dtype) -> None:
    if len(shape) != 4 or 0 in shape or dtype.kind != "f":
        raise ValueError(f"{MAPS} is {dtype} {shape}; allowed: floats (N, channels, height, width)")
    if shape[1] == shape[2] != shape[3]:
        raise ValueError(
            f"{MAPS} is {shape}, which looks like (N, height, width, channels); "
            "allowed: (N, channels, height, width)"
        )


def check(
    maps: RegionFile, dataset: Dataset, rows: Mapping[str, Labels], others: Mapping[str, Path]
) -> None:
    """The maps are those of the dataset's images, in their order, as far as the file tells.

    Args:
        maps: what the file says.
        dataset: made of the other files.
        rows: its sets, by their names in the split's file.
        others: the files that have its `labels` and its `split`, and `features` if any.

    Raises:
        ValueError: numbers of images or channels, labels or sets differ; names both files.
    """
    with naming(maps.path):
        n, channels = maps.shape[:2]
        if n != len(dataset.y):
            raise ValueError(f"{MAPS} has {n} images, {others['labels']} has {len(dataset.y)}")
        if dataset.features is not None and channels != dataset.features.shape[1]:
            raise ValueError(
                f"{MAPS} has {channels} channels, the pooled features of {others['features']} have "
                f"{dataset.features.shape[1]}: they are of different networks. With "
                "features: null the region maps are pooled"
            )
        if "labels" in maps.lists:
            k = len(dataset.class_names)
            _check_labels(zero_based(maps.lists["labels"], k, "labels", 0), dataset.y, others)
        for name in SETS:
            if name in maps.lists:
                found = zero_based(maps.lists[name], n, name, 0)
                _check_set(name, found, rows[name], others["split"])


def _check_labels(found: Labels, y: Labels, others: Mapping[str, Path]) -> None:
    if len(found) != len(y):
        raise ValueError(f"{len(found)} labels for {len(y)} images")
    if len(bad := np.flatnonzero(found != y)):
        row = bad[0]
        raise ValueError(
            f"labels of {len(bad)} of {len(y)} images are not those of {others['labels']}, the "
            f"first is that of row {row}: class {found[row]}, not {y[row]} (all from 0). Both "
            "files must have the same images in the same order"
        )


def _check_set(name: str, found: Labels, rows: Labels, split: Path) -> None:
    more, fewer = np.setdiff1d(found, rows), np.setdiff1d(rows, found)
    if len(more) or len(fewer):
        raise ValueError(
            f"{name} has {len(more)} images that are not in that of {split}, and lacks "
            f"{len(fewer)}, e.g. row {[*more, *fewer][0]} (from 0): it is of another split or of "
            "images in another order. The split used is always that of the settings' `split`"
        )


def notes(maps: RegionFile, pooled: bool) -> Iterator[str]:
    """Sentences for the data card.

    Args:
        maps: what the file says.
        pooled: whether the dataset's pooled features are made of them.
    """
    name, (_, channels, height, width) = maps.path.name, maps.shape
    yield (
        f"Region maps are those of {name}: {channels} channels on a grid of {height} x {width}, "
        "kept as float16."
    )
    if pooled:
        yield "Pooled features are the means of the region maps over their grids."
    if "labels" not in maps.lists:
        yield f"{name} has no labels: that its rows are the dataset's images is not checked."
