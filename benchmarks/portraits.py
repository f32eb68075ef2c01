"""What figures show of single trained variants, as CSVs beside those of their study.

    values.csv      of study `normalization`: histograms of feature values, of the first seed
    per-class.csv   of study `ablation`: accuracy of the unseen classes, over the seeds
    tsne.csv        of study `ablation`: features of some unseen classes, of the first seed

All of it is of unseen classes and is measured after training; nothing is chosen by it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.manifold import TSNE

from benchmarks.tables import put
from zslcore.data.problem import Array, Labels, Mask
from zslcore.methods.bivaegan.frozen import Frozen
from zslcore.methods.bivaegan.method import Trained
from zslcore.metrics.accuracy import per_class
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

if TYPE_CHECKING:
    from benchmarks.study import Cell

Lines = list[dict[str, Any]]

AUGMENTED, BARE = "FN + R + D^a (Bi-VAEGAN)", "without feature augmentation"
VALUES = ("normalization", "kind", "low", "high", "density")
PER_CLASS = ("variant", "class", "accuracy", "low", "high")
PLANE = ("space", "kind", "class", "x", "y")

BINS = 40
TAIL = 0.5  # percent of the values that lie left of the bins, and right of them
CLASSES, IMAGES = 6, 40  # shown by t-SNE: classes, and features of each, real and synthesised
PERPLEXITY = 30  # scikit-learn's own
STREAM = 3  # of random numbers that no part of a training draws from


def write(study: str, variant: str, at: "Cell", found: Trained, folder: Path) -> None:
    """What the study's figure needs of this variant, if it needs anything.

    Lines that a file has of the variant are replaced, those of others stay.
    """
    if study == "normalization":
        put(folder / "values.csv", VALUES, {"normalization": variant}, values(at, found))
    if study == "ablation" and variant in (AUGMENTED, BARE):
        answers = answered(at, found)
        put(folder / "per-class.csv", PER_CLASS, {"variant": variant}, accuracies(at, answers))
        if variant == AUGMENTED:
            put(folder / "tsne.csv", PLANE, {}, plane(at, found, answers))


def values(at: "Cell", found: Trained) -> Lines:
    """How the values of single features spread: of real unlabelled images, of synthesised ones."""
    real = found.model.scaled(at.problem.x_unlabeled)
    counts = np.rint(found.history["prior"][-1][0] * len(real)).astype(int)
    spread = {"real": real.cpu().numpy(), "synthesised": synthesised(at, found, counts)}
    ends = np.percentile(np.concatenate(list(spread.values())), (TAIL, 100 - TAIL))
    edges = np.linspace(*ends, BINS + 1)
    lines = []
    for kind, features in spread.items():
        density = np.histogram(features, edges)[0] / features.size / np.diff(edges)
        for low, high, height in zip(edges[:-1], edges[1:], density, strict=True):
            lines.append({"kind": kind, "low": low, "high": high, "density": height})
    return lines


def answered(at: "Cell", found: Trained) -> Labels:
    """Answers of all seeds among the unseen classes, (S, N')."""
    unseen = ~at.truth.seen
    scores = found.model.scores(at.x[unseen[at.truth.y]])
    return np.where(unseen, scores, -np.inf).argmax(-1)


def accuracies(at: "Cell", answers: Labels) -> Lines:
    """Accuracy of every unseen class that has images: mean over the seeds, least and most."""
    y, unseen = labels(at), ~at.truth.seen
    found = np.stack([per_class(of_seed, y, len(unseen)) for of_seed in answers])
    return [
        {
            "class": at.truth.class_names[c],
            "accuracy": found[:, c].mean(),
            "low": found[:, c].min(),
            "high": found[:, c].max(),
        }
        for c in np.unique(y)
    ]


def plane(at: "Cell", found: Trained, answers: Labels) -> Lines:
    """Real and synthesised features of some classes, laid out by t-SNE in either space."""
    y, rng = labels(at), np.random.default_rng([at.seed, *b"tsne"])
    frozen = first(found)
    shown = interesting(y, answers, ~at.truth.seen)
    rows = [rng.permutation(np.flatnonzero(y == c))[:IMAGES] for c in shown]
    x = at.x[~at.truth.seen[at.truth.y]][np.concatenate(rows)]
    unseen = frozen.unseen.cpu().numpy()
    counts = IMAGES * np.isin(unseen, shown)
    real, made = found.model.scaled(x).cpu().numpy(), synthesised(at, found, counts)
    v = torch.as_tensor(np.concatenate((real, made))).to(frozen.vectors)
    classes = [*np.repeat(shown, list(map(len, rows))), *np.repeat(unseen, counts)]
    kinds = ["real"] * len(real) + ["synthesised"] * len(made)
    lines = []
    for space, features in (("visual", v), ("augmented", frozen.augmented(v[None])[0])):
        places = layout(features.cpu().numpy(), at.seed)
        for kind, c, (across, up) in zip(kinds, classes, places, strict=True):
            name = at.truth.class_names[c]
            lines.append({"space": space, "kind": kind, "class": name, "x": across, "y": up})
    return lines


def interesting(y: Labels, answers: Labels, unseen: Mask) -> list[int]:
    """The pair of classes that is confused most, and those with most images, `CLASSES` in all.

    Args:
        y: class ids of images of unseen classes, (N',).
        answers: of every seed, (S, N').
        unseen: (K,).
    """
    counts = np.bincount(y, minlength=len(unseen))
    taken = np.zeros((len(unseen), len(unseen)))
    for of_seed in answers:
        np.add.at(taken, (y, of_seed), 1 / counts[y])
    either = np.triu(taken + taken.T, 1)
    pair = np.unravel_index(either.argmax(), either.shape)
    largest = np.argsort(-counts, kind="stable")
    order = dict.fromkeys(int(c) for c in (*pair, *largest) if counts[c])
    return list(order)[:CLASSES]


def layout(features: NDArray[np.floating], seed: int) -> Array:
    """Features (N, D) in the plane, (N, 2)."""
    perplexity = min(PERPLEXITY, (len(features) - 1) / 3)
    return TSNE(init="pca", perplexity=perplexity, random_state=seed).fit_transform(features)


def synthesised(at: "Cell", found: Trained, counts: NDArray[np.int64]) -> Array:
    """So many features of every unseen class, of the first seed, in order of the classes."""
    streams = Streams(Run(at.run.device, at.run.seeds[:1]), STREAM)
    v, _ = first(found).synthesise(int(counts.max()), streams)
    of_class = v[0].reshape(len(counts), int(counts.max()), -1).cpu().numpy()
    return np.concatenate([each[:count] for each, count in zip(of_class, counts, strict=True)])


def first(found: Trained) -> Frozen:
    """The networks of the first seed."""
    return found.model.frozen.of(slice(0, 1))


def labels(at: "Cell") -> Labels:
    """Class ids of the evaluation images of unseen classes, (N',)."""
    return at.truth.y[~at.truth.seen[at.truth.y]]
