"""The studies of CLAREL: which variants each compares, as changes to section `clarel`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from zslcore.methods.clarel.config import Prototypes

Changes = Mapping[str, Any]

SHARES = (0.0, 0.25, 0.75, 1.0)
STEPS = 41  # of alpha, from 0 to twice what val asks for
IMAGES = (2, 4, 8, 16)  # behind the prototype of a class, at most
ALL = 10**9


def losses(lam: float, kappa: float) -> dict[str, Changes]:
    """Table 3 and Figures 3 and 4: one weight away from the settings, the other as it is.

    Args:
        lam, kappa: those of the settings.
    """
    pairs = [(lam, kappa), *((x, kappa) for x in SHARES), *((lam, x) for x in SHARES)]
    return {named(*pair): {"loss.lam": pair[0], "loss.kappa": pair[1]} for pair in pairs}


def named(lam: float, kappa: float) -> str:
    """A point of the study of losses."""
    return f"lambda {lam:g}, kappa {kappa:g}"


PARTS: dict[str, Changes] = {
    "as configured": {},
    "captions of another image of the class": {"batch.pairing": "class_shuffled"},
    "captions of any image of the class": {"batch.pairing": "class_mean"},
    "no classifier": {"loss.kappa": 0.0},
    "classifier of images alone": {"loss.classifiers": "image"},
    "classifier of texts alone": {"loss.classifiers": "text"},
    "squared distance": {"loss.metric": "squared", "loss.scale": 0.1},
    "cosine": {"loss.metric": "cosine", "loss.scale": 10.0},
    "bag of words": {"encoder.kind": "bag_of_words", "text.vectors.by": "learned"},
    "word vectors of the captions": {"text.vectors.by": "captions"},
    "pooled features": {"features": "pooled"},
}

PROTOTYPES = {
    "all": Prototypes(source="all", images=ALL),
    "training images of seen classes": Prototypes(source="strict", images=ALL),
    "one image of a class": Prototypes(source="all", images=1),
    **{f"{n} images of a class": Prototypes(source="all", images=n) for n in IMAGES},
}


def alphas(chosen: float) -> list[float]:
    """Figure 2: from no rescaling to twice the one that val asks for."""
    found: list[float] = np.linspace(0, 2 * max(chosen, 0.05), STEPS).round(6).tolist()
    return found
