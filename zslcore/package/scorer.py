"""A row of a package at work: features in, scores of all classes out."""

from dataclasses import dataclass, replace
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import torch

from zslcore.data.problem import Array, Rows
from zslcore.methods import load as method_of
from zslcore.methods.clarel.task import features as clarel_features
from zslcore.methods.dedn.config import Inference
from zslcore.package.classes import Classes
from zslcore.package.manifest import Row

RETRAIN = {
    "bivaegan": "Bi-VAEGAN learns to generate features of the classes that it is trained for",
    "clarel": "CLAREL places classes by captions of their images, not by their vectors",
}


@dataclass(frozen=True)
class Scorer:
    """A trained model and what it is asked with.

    Attributes:
        method: its name.
        model: of the method.
        row: what the manifest says of it.
    """

    method: str
    model: Any
    row: Row

    def scores(self, x: Array) -> Array:
        """What `row.takes` of N images, float32 (N, D) or float16 (N, R, C) -> (S, N, K)."""
        found: Array
        if self.method == "dedn":
            how = Inference.model_validate(self.row.settings["inference"])
            found = self.model.scores(x, how)
        elif self.method == "clarel":
            rows = Rows(x, np.arange(len(x)))
            found = self.model.scores(clarel_features(self.model.cfg, x, rows))
        else:
            found = self.model.scores(x)
        return found

    def with_classes(self, classes: Classes) -> "Scorer":
        """The same for other classes: nothing is trained.

        Raises:
            ValueError: the method has to be trained for them; says how.
        """
        if not hasattr(self.model, "with_classes"):
            why = RETRAIN.get(self.method, f"{self.method} does not score by class vectors")
            raise ValueError(
                f"{why}: new classes have to be in the dataset when it is trained. Add them there "
                f"as unseen ones and run `dvc repro` for {self.method}, or use a package of "
                "baselines, dedn or spaen, which need no training for new classes"
            )
        return replace(self, model=self.model.with_classes(classes.vectors, classes.seen))


def load(folder: Path, method: str, row: Row, device: torch.device) -> Scorer:
    """The scorer of a row; `folder` is that of its model.

    Raises:
        ValueError: there is no such method, or the files are not its model.
    """
    loader: Any = method_of(method).load
    # a method without tensors need not know of devices
    places = [device] if "device" in signature(loader).parameters else []
    return Scorer(method, loader(folder, *places), row)
