"""The studies of SP-AEN: which variants each compares, as changes to section `spaen`."""

from collections.abc import Mapping
from typing import Any

Changes = Mapping[str, Any]

BETAS = (0.1, 4.0)  # times that of the settings; the published code's are 5, 50 and 200
ALPHAS = (10.0, 3.0, 1.0, 0.3, 0.1)  # Figure 5, from left to right
LENGTHS = (1, 4)  # times the steps of the settings
MADE = ("perceptual", "crops", "generator", "heads.slope")
"""What the networks that are taken ready-made were made with: it cannot change in a study."""
OPEN = "generator.freeze"  # is read later


def parts(beta: float) -> dict[str, Changes]:
    """Table 2, and where the paper and its code differ.

    Args:
        beta: weight of the adversarial term in the settings.
    """
    return {
        "as configured": {},
        "classification only": {"objective": "classification"},
        "joint schedule": {"schedule": "joint"},
        "linear critic": {"adversarial.critic": "linear"},
        "clipped critic": {"adversarial.critic": "linear", "adversarial.control": "clip"},
        **{f"beta times {by:g}": {"adversarial.weight": by * beta} for by in BETAS},
        "any class as negative": {"rank.negative": "random"},
        "hardest class as negative": {"rank.negative": "hardest"},
        "all classes as negatives": {"rank.negative": "mean"},
        "without norm term": {"reconstruction.norm": 0.0},
        "generator trained, too": {OPEN: False},
    }


def alphas() -> dict[str, Changes]:
    """Figure 5: the weight of the reconstruction, where F and G play against D, too."""
    return {
        over_alpha(alpha): {"schedule": "joint", "reconstruction.weight": alpha} for alpha in ALPHAS
    }


def over_alpha(alpha: float) -> str:
    """The name of one of them."""
    return f"alpha {alpha:g}"


def lengths(steps: int) -> dict[str, Changes]:
    """Table 3, and the same of longer trainings.

    Args:
        steps: of F and G in the settings.
    """
    each = (steps * by for by in LENGTHS)
    return {over_steps(n): {"steps.f": n, "generator.steps": n} for n in each}


def over_steps(steps: int) -> str:
    """The name of one of them."""
    return f"{steps} steps"


def unchangeable(changes: Changes) -> list[str]:
    """Those of the changes that the networks taken ready-made do not know of."""
    return [
        key
        for key in changes
        if key != OPEN and (key.split(".")[0] in MADE or key in (*MADE, "heads"))
    ]
