"""A package in memory: what it says, its classes, and the way to its models."""

from dataclasses import dataclass
from pathlib import Path

import torch

from zslcore.features import backbone
from zslcore.features.backbone import Backbone
from zslcore.package import scorer
from zslcore.package.classes import Classes
from zslcore.package.files import NAME, read_array, unsealed
from zslcore.package.manifest import Manifest
from zslcore.package.scorer import Scorer
from zslcore.runtime.params import check


@dataclass(frozen=True)
class Package:
    """What `load` found.

    Attributes:
        folder: of the package.
        about: its package.json.
        classes: those of the test phase.
    """

    folder: Path
    about: Manifest
    classes: Classes

    def row(self, name: str | None) -> str:
        """The name of a row: by default the method's own, or the only one.

        Raises:
            ValueError: there is no such row, or several of which none is the method's own.
        """
        rows = self.about.rows
        if name is None and self.about.method in rows:
            return self.about.method
        if name is None and len(rows) == 1:
            return next(iter(rows))
        if name is None or name not in rows:
            said = "has several rows" if name is None else f"has no row {name!r}"
            known = ", ".join(f"{each} ({_accuracy(row.metrics)})" for each, row in rows.items())
            raise ValueError(f"package {self.folder} {said}; choose one with --row: {known}")
        return name

    def scorer(self, row: str, device: torch.device) -> Scorer:
        """The model of a row."""
        folder = self.folder / "models" / row
        return scorer.load(folder, self.about.method, self.about.rows[row], device)

    def backbone(self) -> Backbone:
        """What made the features.

        Raises:
            ValueError: they were not made from images.
        """
        if self.about.inputs == "features":
            raise ValueError(
                f"package {self.folder} labels features, not images: those of {self.about.dataset} "
                "were files, and what network made them is not known here. Give --features "
                f"FILE.npy with features made in the same way: {self.about.recipe}"
            )
        return backbone.load(self.folder / "backbone")


def load(folder: Path) -> Package:
    """A package from its folder.

    Raises:
        ValueError: the folder is not exactly what was written; says which file, and what to do.
    """
    about = check(Manifest, unsealed(folder), str(folder / NAME))
    vectors, seen = (read_array(folder / f"{name}.npy") for name in ("class_vectors", "seen"))
    classes = Classes(about.class_names, vectors, seen, seen & False, about.attribute_names)
    return Package(folder, about, classes)


def _accuracy(metrics: dict[str, float]) -> str:
    found = metrics.get("zsl.acc")
    return "no accuracy known" if found is None else f"zsl.acc {found:.3f}"
