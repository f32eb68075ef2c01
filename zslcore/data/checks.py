"""What every dataset must hold before a phase is cut from it; each check fails with counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from zslcore.data.dataset import Dataset
from zslcore.data.problem import Labels, check_finite


def check(dataset: Dataset) -> None:
    """All checks of this file.

    Raises:
        ValueError: naming the dataset and what is wrong, with names and counts.
    """
    try:
        check_classes(dataset)
        check_split(dataset)
        check_features(dataset)
    except ValueError as error:
        raise ValueError(f"{dataset.name}: {error}") from error


def check_classes(dataset: Dataset) -> None:
    """One finite class vector per class, no name twice, one name and vector per attribute.

    Raises:
        ValueError: naming counts and names.
    """
    vectors, attributes = dataset.class_vectors, dataset.attribute_names
    if vectors.ndim != 2 or len(vectors) != len(dataset.class_names):
        names = len(dataset.class_names)
        raise ValueError(f"class vectors have shape {vectors.shape} for {names} class names")
    check_unique("class names", dataset.class_names)
    check_unique("attribute names", attributes)
    if attributes and len(attributes) != vectors.shape[1]:
        raise ValueError(f"{len(attributes)} attribute names for {vectors.shape[1]} attributes")
    of_names = dataset.attribute_vectors
    if of_names is not None and len(of_names) != vectors.shape[1]:
        raise ValueError(f"{len(of_names)} attribute vectors for {vectors.shape[1]} attributes")
    check_finite("class_vectors", vectors)
    check_finite("attribute_vectors", of_names)


def check_split(dataset: Dataset) -> None:
    """The three sets are disjoint, no unseen class is trained on, and every class has an image.

    Raises:
        ValueError: naming sets, classes and counts.
    """
    y, k = dataset.y, len(dataset.class_names)
    if len(y) == 0 or y.min() < 0 or y.max() >= k:
        raise ValueError(f"labels are to run from 0 to {k - 1}: {_span(y)}")
    sets = {name: getattr(dataset, name) for name in ("trainval", "test_seen", "test_unseen")}
    check_rows(sets, len(y))
    classes = {name: set(y[rows].tolist()) for name, rows in sets.items()}
    seen, unseen = classes["trainval"], classes["test_unseen"]
    _refuse("unseen classes with training images", seen & unseen, dataset)
    _refuse("classes of test_seen without training images", classes["test_seen"] - seen, dataset)
    _refuse("classes without an image in any set", set(range(k)) - seen - unseen, dataset)
    check_val_classes(dataset, seen)


def check_rows(sets: Mapping[str, Labels], n: int) -> None:
    """Sets of rows of N images: filled, in range, nothing twice, pairwise disjoint.

    Raises:
        ValueError: naming sets and counts.
    """
    for name, rows in sets.items():
        if len(rows) == 0 or rows.min() < 0 or rows.max() >= n:
            raise ValueError(f"{name} is to have rows from 0 to {n - 1}: {_span(rows)}")
        if twice := len(rows) - len(np.unique(rows)):
            raise ValueError(f"{name} lists {twice} rows more than once")
    for (a, rows_a), (b, rows_b) in combinations(sets.items(), 2):
        if len(common := np.intersect1d(rows_a, rows_b)):
            raise ValueError(
                f"{a} and {b} share {len(common)} images, first row {common[0]} (from 0)"
            )


def check_val_classes(dataset: Dataset, seen: set[int]) -> None:
    """The classes that play unseen are some of the seen ones, each once, and leave some to train.

    Raises:
        ValueError: naming the classes.
    """
    ids = dataset.val_classes.tolist()
    check_unique("validation classes", [dataset.class_names[c] for c in ids])
    _refuse("validation classes that are not seen classes", set(ids) - seen, dataset)
    if not 0 < len(ids) < len(seen):
        raise ValueError(
            f"{len(ids)} validation classes of {len(seen)} seen ones; allowed: 1 to {len(seen) - 1}"
        )


def check_features(dataset: Dataset) -> None:
    """One row of finite numbers per image, where there are features.

    Raises:
        ValueError: naming the counts or the first bad row.
    """
    if dataset.features is None:
        return
    shape, n = dataset.features.shape, len(dataset.y)
    if len(shape) != 2 or shape[0] != n:
        raise ValueError(f"features have shape {shape} for {n} labels; allowed: ({n}, D)")
    check_finite("features", dataset.features)


def check_unique(what: str, names: Sequence[str]) -> None:
    """No name occurs twice.

    Raises:
        ValueError: naming those that do.
    """
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ValueError(f"{what} that occur more than once: {', '.join(twice)}")


def refuse_leak(rows: Mapping[str, Labels], dataset: Dataset) -> None:
    """A validation phase uses images of trainval only.

    The published `train_loc` and `val_loc` do not: together they are trainval and test_seen.

    Args:
        rows: sets of rows meant for a validation phase, by name.
        dataset: whose sets they are held against.

    Raises:
        ValueError: naming the sets and how many of their images are test images.
    """
    test = np.concatenate((dataset.test_seen, dataset.test_unseen))
    leaks = {name: int(np.isin(ids, test).sum()) for name, ids in rows.items()}
    if found := [f"{count} in {name}" for name, count in leaks.items() if count]:
        raise ValueError(
            f"test images in a validation phase: {', '.join(found)}. "
            "Use images of trainval only, divided by their classes"
        )


def _refuse(what: str, classes: set[int], dataset: Dataset) -> None:
    if classes:
        names = ", ".join(dataset.class_names[c] for c in sorted(classes))
        raise ValueError(f"{len(classes)} {what}: {names}")


def _span(values: Labels) -> str:
    return f"they run from {values.min()} to {values.max()}" if len(values) else "it is empty"
