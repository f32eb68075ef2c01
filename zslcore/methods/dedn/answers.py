"""From what branches and experts say of attributes to scores of classes: no network is needed.

Kept on disk, the answers let a sweep over lambda_rc, lambda_e and the margin take seconds.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from zslcore.data.problem import Array, Mask
from zslcore.methods.dedn.config import Inference
from zslcore.methods.dedn.layout import BRANCHES, EXPERTS

Answers = Mapping[tuple[str, str], Array]
"""O of each expert and branch there is, float32 (S, N, D)."""


def class_scores(answers: Answers, class_vectors: Array, seen: Mask, how: Inference) -> Array:
    """Eqs. 8, 11, 14 and 19: scores of all classes, float32 (S, N, K).

    An expert or a branch that is alone is not weighted.

    Args:
        answers: of S seeds for N images.
        class_vectors: (K, D), of any length; they are scaled to unit length.
        seen: bool, (K,).
        how: weights of branches and experts, margin.
    """
    length = np.linalg.norm(class_vectors, axis=1, keepdims=True).clip(1e-12)
    experts = [e for e in EXPERTS if any(key[0] == e for key in answers)]
    by_expert = [
        _mixed([answers[e, b] for b in BRANCHES if (e, b) in answers], how.lambda_rc)
        for e in experts
    ]
    scores = _mixed(by_expert, how.lambda_e) @ (class_vectors / length).T
    return (scores + np.where(seen, -how.margin, how.margin)).astype(np.float32)


def save(answers: Answers, folder: Path) -> None:
    """Write <expert>-<branch>.npy each."""
    folder.mkdir(parents=True, exist_ok=True)
    for (expert, branch), values in answers.items():
        np.save(folder / f"{expert}-{branch}.npy", values.astype(np.float32))


def load(folder: Path) -> Answers:
    """What `save` wrote."""
    files = {key: folder / f"{key[0]}-{key[1]}.npy" for key in _keys()}
    return {key: np.load(path) for key, path in files.items() if path.exists()}


def _keys() -> list[tuple[str, str]]:
    return [(expert, branch) for expert in EXPERTS for branch in BRANCHES]


def _mixed(values: list[Array], weight: float) -> Array:
    if len(values) == 1:
        return values[0]
    return weight * values[0] + (1 - weight) * values[1]
