"""Which images are trained on, and which are tested on."""

from typing import NamedTuple

import numpy as np

from zslcore.data.problem import Labels
from zslcore.data.sources.folder.contents import Contents, least_training


class Split(NamedTuple):
    """Rows of each set, ascending."""

    trainval: Labels
    test_seen: Labels
    test_unseen: Labels


def split(contents: Contents, share: float, seed: int) -> Split:
    """The sets that images.csv gives, or else a draw from each seen class.

    A class's draw depends on the seed, its name and its images alone: another class more or less
    changes none.

    Args:
        contents: without problems.
        share: of a seen class's images that are tested on; at least one, and as many are left as
            the phases need.
        seed: of the draws.
    """
    is_test = np.array([entry.set == "test" for entry in contents.entries])
    unseen = np.array([contents.classes[e.label].role == "unseen" for e in contents.entries])
    if not any(entry.set for entry in contents.entries):
        labels = np.array([entry.label for entry in contents.entries])
        for each in contents.classes.values():
            rows = np.flatnonzero(labels == each.name)
            if each.role != "unseen":
                n = min(max(1, round(share * len(rows))), len(rows) - least_training(each))
                rng = np.random.default_rng([seed, *each.name.encode()])
                is_test[rng.permutation(rows)[:n]] = True
    return Split(
        trainval=np.flatnonzero(~is_test & ~unseen),
        test_seen=np.flatnonzero(is_test & ~unseen),
        test_unseen=np.flatnonzero(unseen),
    )
