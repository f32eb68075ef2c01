"""What a number was computed from: two numbers compare only if this agrees."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from stages import paths
from zslcore.data.dataset_store import load_about
from zslcore.data.scores import Scores
from zslcore.features.store import load

PACKAGES = ("numpy", "scikit-learn", "scipy", "timm", "torch")


def of(dataset: str, rows: Mapping[str, Scores]) -> dict[str, Any]:
    """Split, features and class vectors with their sha256, seeds, settings, package versions.

    Per row, `setting` is what it knew and `settings` are its hyperparameters.
    """
    about = load_about(paths.prepared(dataset))
    recipe = load(paths.features(dataset), "test").recipe
    made = (
        {"name": recipe["model"], "sha256": recipe["weights_sha256"]} if "model" in recipe else {}
    )
    return {
        "dataset": dataset,
        "split": about["provenance"]["split"],
        "fold": about["provenance"].get("fold", ""),
        "class_vectors": about["provenance"]["class_vectors"],
        "features": {**recipe, **made},
        "seeds": sorted({seed for row in rows.values() for seed in row.seeds}),
        "setting": {name: row.setting for name, row in rows.items()},
        "settings": {name: dict(row.settings) for name, row in rows.items()},
        "packages": {name: version(name) for name in PACKAGES},
    }
