"""Which seen classes play unseen in the validation phase."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zslcore.data.problem import Labels
from zslcore.data.sources.xlsa17.classes import match, read_list
from zslcore.data.sources.xlsa17.config import Xlsa17Config
from zslcore.data.sources.xlsa17.mat import naming
from zslcore.data.sources.xlsa17.published import SIZES


def val_classes(
    folder: Path,
    cfg: Xlsa17Config,
    name: str,
    names: Sequence[str],
    classes_of: Mapping[str, Labels],
) -> tuple[Labels, str]:
    """The ids of the fold's validation classes, and where they come from.

    Listed in valclasses<fold>.txt; else, for fold 1, whose images the published `val_loc` has, the
    classes of these; else drawn from the seen classes, by a stream of its own for each fold.

    Args:
        folder: with the lists.
        cfg: fold and seed.
        name: of the dataset.
        names: of its classes.
        classes_of: the classes that occur in each index set of the split's file.
    """
    path = folder / f"valclasses{cfg.fold}.txt"
    if path.is_file():
        with naming(path):
            return np.sort(match(read_list(path), names)), path.name
    if cfg.fold == 1 and "val_loc" in classes_of:
        return classes_of["val_loc"], "the classes of val_loc"
    rng = np.random.default_rng((cfg.seed, cfg.fold))
    seen = classes_of["trainval_loc"]
    drawn = rng.choice(seen, _number_drawn(name, len(seen)), replace=False)
    return np.sort(drawn), f"a draw with seed {cfg.seed}"


def _number_drawn(name: str, n_seen: int) -> int:
    """As many as published, if the dataset is known; else a quarter of the seen classes.

    That is the median of what is published: SUN 10 %, FLO 24 %, aPY 25 %, AwA 32 %, CUB 33 %.
    """
    sizes = SIZES.get(name.lower())
    if sizes is not None and sum(sizes.classes[:2]) == n_seen:
        return sizes.classes[1]
    return max(1, round(n_seen / 4))
