"""How far clusters of unseen images are classes: python -m benchmarks.clusters DATASET.

K-means on the unit-length test features of the unseen classes, started at the means of the classes
that somebody answers: the truth itself, and the baselines. What a start at the truth reaches bounds
what cluster structure can give to transductive learning, and to CPE, on these features.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from stages import inputs, paths
from zslcore.data import scores
from zslcore.data.problem import Array, Labels
from zslcore.data.store import load_truth
from zslcore.metrics.accuracy import class_mean, per_class
from zslcore.metrics.prior import total_variation, true_prior
from zslcore.priors.cpe import clusters
from zslcore.priors.frequencies import frequencies


def starts(
    dataset: str, truth: Labels, unseen: Labels, rows: Labels
) -> Iterator[tuple[str, Array]]:
    """Who answers, and the positions of the answered classes (N,)."""
    yield "truth", truth
    for name, row in scores.load(paths.scores("baselines", dataset, "test")).items():
        yield name, np.asarray(row.values[0])[rows][:, unseen].argmax(1)


def main(dataset: str) -> None:
    _, x = inputs.read(dataset, "test")
    about = load_truth(paths.prepared(dataset) / "test")
    unseen = np.flatnonzero(~about.seen)
    rows = np.flatnonzero(~about.seen[about.y])
    truth = np.searchsorted(unseen, about.y[rows])
    prior = true_prior(about.y, about.seen)
    x = x[rows] / np.linalg.norm(x[rows], axis=1, keepdims=True)
    middle = np.tile(x.mean(0), (len(unseen), 1))  # where a class that nobody answers starts

    def measured(answers: Labels) -> str:
        t1 = class_mean(per_class(answers, truth, len(unseen)))
        tv = total_variation(frequencies(answers, len(unseen)), prior)
        return f"T1 {100 * t1:5.1f}   prior TV {100 * tv:5.1f}"

    print(f"{'start':<10} {'answers':<28} clusters")
    for name, answers in starts(dataset, truth, unseen, rows):
        found = clusters(x, answers, middle)
        print(f"{name:<10} {measured(answers):<28} {measured(found)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset")
    parser.add_argument("--root", type=Path, default=Path(), help="where data/ is")
    given = parser.parse_args()
    os.chdir(given.root)
    main(given.dataset)
