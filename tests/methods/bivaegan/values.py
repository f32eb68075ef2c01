"""Small settings, with all parts of the method at work."""

import copy

PRETUNE = {
    "epochs": 4,
    "hidden": 16,
    "heads": 12,
    "lr": 3e-3,
    "beta1": 0.5,
    "beta2": 0.999,
    "batch_size": 32,
    "class_weight": 20.0,
    "attribute_weight": 1.0,
    "attribute_loss": "weighted_l1",
    "reconstruction_weight": 1.0,
    "holdout": 0.2,
}
SETTINGS = {
    "knowledge": "class_vectors",
    "shots": 0,
    "pretune": PRETUNE | {"epochs": 0},
    "normalization": "l2",
    "r": 1.5,
    "hidden": 16,
    "attribute_hidden": 8,
    "noise": 0,
    "encoder": True,
    "unseen_critic": True,
    "regressor": "adversarial",
    "augment": True,
    "alpha": 10.0,
    "beta": 3.0,
    "gamma": 7.0,
    "lam": 0.5,
    "seen_regression": 0.0,
    "attribute_loss": "weighted_l1",
    "reconstruction": "paper",
    "attribute_critic": "both",
    "encoded_noise": False,
    "inductive_beta": True,
    "jitter": {"critic": 0.1, "synthesis": 0.3},
    "feedback": {"training": 0.0, "synthesis": 0.0, "lr": 1e-3},
    "penalty": {"control": "adaptive", "start": 10.0, "attribute": 0.1},
    "critic_steps": 2,
    "level_one": {"every": 2, "critic_steps": 2, "regressor_steps": 2},
    "batch_size": 12,
    "optimizer": {"lr": 1e-3, "beta1": 0.5, "beta2": 0.999, "weight_decay": 0.0},
    "epochs": {"inductive": 2, "transductive": 2, "iterations": 4},
    "average": 0.0,
    "precision": "fp32",
    "prior": {
        "estimator": "cpe",
        "refresh": 1,
        "floor": 1e-4,
        "space": "augmented",
        "synthetic_per_class": 12,
        "calibrate": True,
        "bbse": {"answers": "hard", "solve": "ridge", "lr": 1e-2, "epochs": 3, "batch_size": 8},
    },
    "classifier": {
        "synthetic_per_class": 10,
        "lr": 1e-2,
        "epochs": 3,
        "gzsl_lr": 1e-2,
        "gzsl_epochs": 2,
        "gzsl": "joint",
    },
    "monitor": 1,
}


def changed(values, changes):
    """A copy of nested settings with the values at some dotted keys replaced."""
    tree = copy.deepcopy(values)
    for path, value in changes.items():
        *above, key = path.split(".")
        node = tree
        for name in above:
            node = node[name]
        node[key] = value
    return tree
