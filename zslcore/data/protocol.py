"""Two phases of one dataset: `val`, on which every choice is made, and `test`.

Test is the published split. Val makes a smaller problem of the same kind out of the training
images alone: some seen classes play unseen, and some images of the others are held out as
evaluation images of seen classes (Le Cacheux et al. 2018, https://arxiv.org/abs/1809.10120, show
what calibration on such a phase is worth).
"""

from dataclasses import dataclass

import numpy as np

from zslcore.data.checks import check, refuse_leak
from zslcore.data.dataset import Dataset
from zslcore.data.problem import Labels, Mask


@dataclass(frozen=True)
class Phase:
    """One zero-shot problem, as rows and class ids of a dataset.

    Attributes:
        classes: the dataset's ids of the phase's classes, ascending, (K,): class k of the phase
            is class `classes[k]` of the dataset.
        seen: which of them have training images, (K,).
        train_rows: rows of the training images, (N,).
        y: their class ids in the phase, (N,).
        evaluation_rows: rows of the evaluation images: of seen classes first, then of unseen ones,
            each part shuffled, so that the order tells nothing else.
        evaluation_y: their class ids in the phase.
        n_seen_evaluation: how many of them are of seen classes.
        unlabeled_rows: the evaluation rows of unseen classes, shuffled anew, (M,).
    """

    classes: Labels
    seen: Mask
    train_rows: Labels
    y: Labels
    evaluation_rows: Labels
    evaluation_y: Labels
    n_seen_evaluation: int
    unlabeled_rows: Labels


def phases(dataset: Dataset, seed: int, holdout: float = 0.2) -> dict[str, Phase]:
    """The phases `val` and `test` of a checked dataset.

    Args:
        dataset: with all its labels.
        seed: of the held-out images and of the orders; each phase has a stream of its own.
        holdout: share of the images of each training class of `val` to evaluate on, at least one.

    Raises:
        ValueError: the dataset fails a check, or a training class has a single image.
    """
    check(dataset)
    return {
        "val": _val(dataset, holdout, np.random.default_rng((seed, 0))),
        "test": _test(dataset, np.random.default_rng((seed, 1))),
    }


def _test(dataset: Dataset, rng: np.random.Generator) -> Phase:
    everything = np.arange(len(dataset.class_names))
    return _phase(
        dataset, everything, dataset.trainval, (dataset.test_seen, dataset.test_unseen), rng
    )


def _val(dataset: Dataset, holdout: float, rng: np.random.Generator) -> Phase:
    y = dataset.y[dataset.trainval]
    unseen = np.isin(y, dataset.val_classes)
    train, held_out = _hold_out(dataset, dataset.trainval[~unseen], holdout, rng)
    evaluation = held_out, dataset.trainval[unseen]
    refuse_leak({"training": train, "evaluation": np.concatenate(evaluation)}, dataset)
    return _phase(dataset, np.unique(y), train, evaluation, rng)


def _phase(
    dataset: Dataset,
    classes: Labels,
    train: Labels,
    evaluation: tuple[Labels, Labels],
    rng: np.random.Generator,
) -> Phase:
    seen, unseen = (rng.permutation(rows) for rows in evaluation)
    rows = np.concatenate((seen, unseen))
    y = np.searchsorted(classes, dataset.y[train])
    return Phase(
        classes=classes,
        seen=np.isin(np.arange(len(classes)), y),
        train_rows=train,
        y=y,
        evaluation_rows=rows,
        evaluation_y=np.searchsorted(classes, dataset.y[rows]),
        n_seen_evaluation=len(seen),
        unlabeled_rows=rng.permutation(unseen),
    )


def _hold_out(
    dataset: Dataset, rows: Labels, share: float, rng: np.random.Generator
) -> tuple[Labels, Labels]:
    """Rows to train on, and rows to evaluate on: a share of every class, of each at least one."""
    if not 0 < share < 1:
        raise ValueError(f"the share of held-out images is {share}; allowed: between 0 and 1")
    y, held_out = dataset.y[rows], np.zeros(len(rows), dtype=bool)
    for c in np.unique(y).tolist():
        members = rng.permutation(np.flatnonzero(y == c))
        if len(members) < 2:
            raise ValueError(
                f"{dataset.name}: class {dataset.class_names[c]} has one training image; "
                "the validation phase needs one to train on and one to evaluate on"
            )
        n = round(share * len(members))
        held_out[members[: min(max(n, 1), len(members) - 1)]] = True
    return rows[~held_out], rows[held_out]
