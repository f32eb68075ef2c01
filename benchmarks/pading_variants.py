"""The studies of PADing: which variants each compares, as changes to section `pading`."""

from collections.abc import Mapping, Sequence
from typing import Any

Changes = Mapping[str, Any]

COUNTS = (100, 200, 300, 400, 500, 600, 700)
"""Primitives of Table 3."""

ALONE = {"disentangle.use": False, "align.weight": 0.0}


def ablation() -> dict[str, Changes]:
    """The rows of Tables 1 and 2; the section as it stands is the last."""
    return {
        "supervised": {"generator": "none"},
        "projection": {"generator": "projection"},
        "GMMN": {"generator": "gmmn", **ALONE},
        "P": {"generator": "primitives", **ALONE},
        "P&A": {"generator": "primitives", "disentangle.use": False},
        "PADing": {"generator": "primitives"},
    }


def primitives(counts: Sequence[int] = COUNTS) -> dict[str, Changes]:
    """Table 3: the primitive generator alone, by the number of its primitives."""
    return {f"{n} primitives": {"primitives.count": n, **ALONE} for n in counts}


def forms() -> dict[str, Changes]:
    """Where the paper and its code differ: one difference each, on the whole method."""
    return {
        "self-attention of primitives": {"primitives.self_attention": "primitives"},
        "self-attention of queries": {"primitives.self_attention": "queries"},
        "combination of the paper": {"primitives.combine": "paper"},
        "combination of the code": {"primitives.combine": "code"},
        "MMD over the batch": {"mmd.mode": "joint"},
        "MMD over the batch, conditioned": {"mmd.mode": "joint", "conditioning": 0.001},
        "MMD per class": {"mmd.mode": "per_class"},
        "bandwidths as deviations": {"mmd.bandwidths_are": "deviations"},
        "bandwidths as variances": {"mmd.bandwidths_are": "variances"},
        "MMD without root": {"mmd.root": False},
        "MMD with root": {"mmd.root": True},
        "disentanglement of the paper": {
            "inputs": "both",
            "disentangle.encoder": "paper",
            "disentangle.relation": "dot",
            "disentangle.candidates": "all",
            "disentangle.unrelated": "moments",
            "disentangle.reconstruction": "sum",
        },
        "disentanglement of the code": {
            "inputs": "fake",
            "disentangle.encoder": "code",
            "disentangle.relation": "network",
            "disentangle.candidates": "unseen",
            "disentangle.unrelated": "softmax",
            "disentangle.reconstruction": "mean",
        },
        "alignment of the paper": {"align.direction": "paper", "align.target": "raw"},
        "alignment of the code": {"align.direction": "code", "align.target": "projected"},
        "by turns": {"schedule": "alternating"},
    }
