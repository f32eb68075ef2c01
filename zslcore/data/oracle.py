"""Knowledge that no zero-shot method may have, given only when a setting asks for it.

Bi-VAEGAN's known prior (https://arxiv.org/abs/2303.08698, section 4.1.1) and its prototypes of
labelled images as class vectors (section 4.3, AK3) both come from labels of evaluation images.
They are made here and nowhere else: training reads their files, and never a label. What it makes
of them is an upper bound, or few-shot learning, and no zero-shot result.

    oracle.json        which of them are given: {"given": ["class_vectors", "prior"]}
    prior.npy          float64 (U,), only if it is given
    class_vectors.npy  float32 (K, D), only if they are given
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zslcore.data.problem import Array, Labels, Mask, Problem
from zslcore.runtime.files import write_json

Vector = NDArray[np.float64]
NAMES = ("class_vectors", "prior")


@dataclass(frozen=True)
class Oracle:
    """What is given; None is what is not.

    Attributes:
        prior: share of each unseen class, in order of their ids, sums to 1, (U,).
        class_vectors: one for every class of the phase, (K, D).
    """

    prior: Vector | None = None
    class_vectors: Array | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """Which of `NAMES` are given; () = an honest zero-shot problem."""
        return tuple(name for name in NAMES if getattr(self, name) is not None)


def known_prior(y: Labels, seen: Mask) -> Vector:
    """Each unseen class's share of the unseen classes' evaluation images, (U,).

    Args:
        y: class ids of the phase's evaluation images, (N,).
        seen: (K,).

    Raises:
        ValueError: none of the images is of an unseen class.
    """
    counts = np.bincount(y, minlength=len(seen))[~seen]
    if counts.sum() == 0:
        raise ValueError("no evaluation image is of an unseen class: there is no prior to know")
    return counts / counts.sum()


def stream(seed: int) -> np.random.Generator:
    """What draws the images of `prototypes`, and nothing else."""
    return np.random.default_rng([seed, *b"oracle"])


def prototypes(
    problem: Problem, x: Array, y: Labels, shots: int, rng: np.random.Generator
) -> Array:
    """Mean features as class vectors, float32 (K, D).

    A seen class's mean is over its training images, an unseen one's over `shots` labelled
    evaluation images: drawn at random, all where it has no more, and with more shots the same and
    others. As they are, not of unit length.

    Args:
        problem: of the phase, with its training images.
        x: features of the evaluation images, (N, D).
        y: their class ids, (N,).
        shots: images of each unseen class; 0 = all.
        rng: draws them: `stream`.

    Raises:
        ValueError: an unseen class has no evaluation image.
    """
    means = []
    for c, is_seen in enumerate(problem.seen.tolist()):
        if is_seen:
            rows = problem.x[problem.y == c]
        else:
            rows = x[rng.permutation(np.flatnonzero(y == c))[: shots or None]]
        if len(rows) == 0:
            raise ValueError(
                f"no evaluation image is of the unseen class {problem.class_names[c]}: "
                "it can have no prototype"
            )
        means.append(rows.mean(axis=0, dtype=np.float64))
    return np.array(means, dtype=np.float32)


def applied(problem: Problem, oracle: Oracle) -> Problem:
    """The problem with the given class vectors, if they are; these have no attributes."""
    if oracle.class_vectors is None:
        return problem
    return replace(
        problem, class_vectors=oracle.class_vectors, attribute_names=(), attribute_vectors=None
    )


def save(oracle: Oracle, folder: Path) -> None:
    """Write what is given; what an earlier run was given and this one is not goes away."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        path, array = folder / f"{name}.npy", getattr(oracle, name)
        if array is None:
            path.unlink(missing_ok=True)
        else:
            np.save(path, array)
    write_json({"given": oracle.given}, folder / "oracle.json")


def load(folder: Path) -> Oracle:
    """What `save` wrote."""
    about = json.loads((folder / "oracle.json").read_text(encoding="utf-8"))
    return Oracle(**{name: np.load(folder / f"{name}.npy") for name in about["given"]})
