"""The studies of Bi-VAEGAN: which variants each compares, as changes to section `bivaegan`.

As in params.yaml, a value may be a map {default: .., cub: ..} over datasets.
"""

from collections.abc import Mapping
from typing import Any

from zslcore.methods.bivaegan.config import Epochs

Changes = Mapping[str, Any]

PLAIN = {"normalization": "minmax", "regressor": "none"}
# TF-VAEGAN's own values; the defaults are ours
FEEDBACK = {
    **{"normalization": "minmax", "regressor": "supervised", "beta": 0.0},
    "seen_regression": {"default": 0.1, "cub": 0.01, "sun": 0.01, "flo": 0.01},
    "feedback.training": {"default": 0.1, "awa2": 0.01, "cub": 1.0, "flo": 0.5},
    "feedback.synthesis": {"default": 0.1, "awa2": 0.01, "cub": 1.0, "sun": 0.01, "flo": 0.5},
    "feedback.lr": {"default": 1e-4, "cub": 1e-5, "flo": 1e-5},
}
INDUCTIVE = {"epochs.transductive": 0}
ORACLE = {"prior.estimator": "oracle"}
UNIFORM = {"prior.estimator": "uniform"}
BASIC = {"encoder": False, "encoded_noise": False, "regressor": "none"}

# Table 2: what is assumed or estimated of the unseen classes' prior
PRIORS: dict[str, Changes] = {
    "f-VAEGAN, uniform": PLAIN | UNIFORM,
    "TF-VAEGAN, uniform": FEEDBACK | UNIFORM,
    "uniform": UNIFORM,
    "classifier": {"prior.estimator": "classifier"},
    "BBSE, ridge": {"prior.estimator": "bbse", "prior.bbse.solve": "ridge"},
    "BBSE, nonnegative": {"prior.estimator": "bbse", "prior.bbse.solve": "nonnegative"},
    "MLLS": {"prior.estimator": "mlls"},
    "CPE, augmented space": {"prior.estimator": "cpe", "prior.space": "augmented"},
    "CPE, visual space": {"prior.estimator": "cpe", "prior.space": "visual"},
    "oracle": ORACLE,
}

# Table 3 and what it starts from, with a known prior
ABLATION: dict[str, Changes] = {
    "inductive f-VAEGAN": PLAIN | INDUCTIVE,
    "inductive Bi-VAEGAN": INDUCTIVE,
    "f-VAEGAN": PLAIN | ORACLE,
    "f-VAEGAN without unseen critic": PLAIN | ORACLE | {"unseen_critic": False},
    "TF-VAEGAN": FEEDBACK | ORACLE,
    "f-VAEGAN + R": PLAIN | ORACLE | {"regressor": "supervised"},
    "f-VAEGAN + R + D^a": PLAIN | ORACLE | {"regressor": "adversarial"},
    "FN alone": ORACLE | {"regressor": "none"},
    "FN + R": ORACLE | {"regressor": "supervised"},
    "FN + R + D^a (Bi-VAEGAN)": ORACLE,
    "reconstruction as in the paper": ORACLE | {"reconstruction": "paper"},
    "without feature augmentation": ORACLE | {"augment": False},
}

# Figure 4 (d)
RADIUS: dict[str, Changes] = {str(r): {"r": float(r), **ORACLE} for r in (1, 3, 5, 10, 20, 50, 100)}

# Figure 4 (a) to (c): only G, D and D^u
NORMALIZATION: dict[str, Changes] = {
    "l2": BASIC | ORACLE | {"normalization": "l2"},
    "minmax": BASIC | ORACLE | {"normalization": "minmax"},
}

# Figure 5: class vectors of other kinds; "TR" is the transductive regressor
KNOWLEDGE: dict[str, Changes] = {
    "attributes": ORACLE,
    "attributes, without TR": ORACLE | {"regressor": "none"},
    **{
        f"prototypes of {shots or 'all'}{without}": ORACLE
        | {"knowledge": "prototypes", "shots": shots}
        | change
        for without, change in (("", {}), (", without TR", {"regressor": "none"}))
        for shots in (1, 2, 5, 10, 0)
    },
}

# What the released code was run with on AwA1's low-level features: eight epochs, known prior
RELEASED = {"r": 1.0, "beta": 10.0, "classifier.synthetic_per_class": 1000}
PUBLISHED: dict[str, Changes] = {
    "known prior, eight epochs": ORACLE
    | RELEASED
    | {"epochs.inductive": 0, "epochs.transductive": 8}
}

# The same for longer, and with an estimated prior
CONVERGENCE: dict[str, Changes] = {
    "known prior": ORACLE | RELEASED | {"epochs.inductive": 0, "epochs.transductive": 30},
    "CPE": RELEASED | {"epochs.inductive": 1, "epochs.transductive": 29},
}

STUDIES = {
    "published": PUBLISHED,
    "convergence": CONVERGENCE,
    "priors": PRIORS,
    "ablation": ABLATION,
    "radius": RADIUS,
    "normalization": NORMALIZATION,
    "knowledge": KNOWLEDGE,
}


def with_epochs(changes: Changes, given: Changes, epochs: Epochs) -> dict[str, Any]:
    """All changes of a variant: its own, those given, and epochs that keep variants comparable.

    An inductive variant trains for as many epochs as the others in both phases. With feedback,
    whose module learns in every second epoch, the first phase has two.

    Args:
        changes: of the variant.
        given: to all variants; they win over its own.
        epochs: of the section, with what is given.
    """
    both, total = {**changes, **given}, epochs.inductive + epochs.transductive
    if changes.get("epochs.transductive") == 0:
        return both | {"epochs.inductive": total, "epochs.transductive": 0}
    if both.get("feedback.training") and epochs.inductive == 1:
        return both | {"epochs.inductive": 2, "epochs.transductive": total - 2}
    return both
