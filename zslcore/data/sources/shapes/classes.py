"""Which combinations of values are seen classes, which are unseen, which play unseen in val."""

import numpy as np

from zslcore.data.problem import Array
from zslcore.data.sources.shapes.config import ShapesConfig
from zslcore.data.sources.shapes.factors import VALUES, Spec

SIZES = np.array([len(values) for values in VALUES.values()])
MARK = list(VALUES).index("mark")
ATTEMPTS = 5_000


def draw_classes(cfg: ShapesConfig, rng: np.random.Generator) -> tuple[Spec, ...]:
    """The seen classes, the last of which are those of val, and then the unseen ones.

    All are drawn at random from one pool, again and again until the seen classes outside val show
    every value twice. (A small design in which the unseen combinations are what is left over would
    teach a network to exclude just those.) Most classes of val and of test come in families of
    three: one, its marked twin, and one with another value changed. Only the mark is not drawn
    alike: few seen classes show it, but half of the unseen ones do.

    Raises:
        ValueError: no draw fits, because too few classes are left to train on.
    """
    for _ in range(ATTEMPTS):
        train, val, unseen = _draw_codes(cfg, rng)
        codes = np.concatenate([train, val, unseen])
        if _shows_every_value_twice(train) and len(np.unique(codes, axis=0)) == len(codes):
            return tuple(_spec(code) for code in codes)
    raise ValueError(
        f"found no {cfg.seen_classes} seen classes of which {cfg.val_classes} can play unseen "
        "while the others show every value twice; raise seen_classes, or lower val_classes, "
        "sibling_share or marked_train_classes"
    )


def _draw_codes(cfg: ShapesConfig, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Classes to train on, of val and of test, each (classes, groups): positions in `VALUES`."""
    n_train = cfg.seen_classes - cfg.val_classes - cfg.marked_train_classes
    n_val, n_unseen = cfg.val_classes // 3, cfg.unseen_classes // 3  # families
    sizes = n_train, cfg.val_classes - 2 * n_val, cfg.unseen_classes - 2 * n_unseen
    pool = _draw_pool(sum(sizes), cfg.sibling_share, rng)
    train, val, unseen = np.split(pool, np.cumsum(sizes)[:-1])

    train = np.concatenate([train, _marked(train[: cfg.marked_train_classes])])
    unseen = _with_families(unseen, n_unseen, rng)
    unseen[-n_unseen::2, MARK] = 1  # besides the twins: now half of the unseen classes show it
    return train, _with_families(val, n_val, rng), unseen


def _draw_pool(size: int, sibling_share: float, rng: np.random.Generator) -> Array:
    """Unmarked classes in random order; siblings are copies of others with one value changed.

    The others show each value equally often.
    """
    n_siblings = int(sibling_share * size)
    deck = np.arange(size - n_siblings)
    parents = np.stack([rng.permutation(deck % n) for n in SIZES], axis=1)
    parents[:, MARK] = 0
    return rng.permutation(np.concatenate([parents, _changed(parents[:n_siblings], rng)]))


def _with_families(codes: Array, n: int, rng: np.random.Generator) -> Array:
    """The first n get two relatives each: a marked twin, and a copy with another value changed."""
    return np.concatenate([codes, _marked(codes[:n]), _changed(codes[:n], rng)])


def _marked(codes: Array) -> Array:
    marked = codes.copy()
    marked[:, MARK] = 1
    return marked


def _changed(codes: Array, rng: np.random.Generator) -> Array:
    """Copies that differ in one value each, not in the mark."""
    changed, row = codes.copy(), np.arange(len(codes))
    group = rng.integers(MARK, size=len(codes))
    step = 1 + rng.integers(SIZES[group] - 1)
    changed[row, group] = (changed[row, group] + step) % SIZES[group]
    return changed


def _shows_every_value_twice(codes: Array) -> bool:
    columns = zip(codes.T, SIZES, strict=True)
    return all(np.bincount(column, minlength=n).min() >= 2 for column, n in columns)


def _spec(code: Array) -> Spec:
    return Spec(*(values[i] for values, i in zip(VALUES.values(), code.tolist(), strict=True)))
