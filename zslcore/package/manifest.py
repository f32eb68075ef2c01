"""What package.json says; unknown and missing keys are errors."""

from typing import Any, Literal

from zslcore.calibration.handicap import Handicap
from zslcore.calibration.thresholds import Family
from zslcore.data.scores import Kind
from zslcore.runtime.params import Params

FORMAT = 1
Takes = Literal["pooled", "regions"]
"""Pooled features (N, D), or region maps (N, R, C)."""


class SetBack(Params):
    """A handicap of the seen classes, see `zslcore.calibration.handicap`."""

    family: Family
    value: float
    low: float | None
    high: float | None
    h: float

    def handicap(self) -> Handicap:
        return Handicap(**self.model_dump())


class Row(Params):
    """One trained variant of the method: a line of the results table."""

    kind: Kind
    takes: Takes
    seeds: tuple[int, ...]
    setting: str  # what it knew beyond labelled seen images and class vectors
    settings: dict[str, Any]  # its hyperparameters
    handicap: SetBack
    metrics: dict[str, float]  # what `evaluate` measured, shares


class Shapes(Params):
    """Of the features of one image."""

    pooled: tuple[int, ...]
    regions: tuple[int, ...] | None


class Manifest(Params):
    """The package of a classification method."""

    format: Literal[1]
    task: Literal["classification"]
    method: str
    dataset: str
    inputs: Literal["images", "features"]  # what can be labelled: images, if it has their backbone
    features: Shapes
    recipe: dict[str, Any]  # how the features were made
    class_names: tuple[str, ...]
    attribute_names: tuple[str, ...]
    rows: dict[str, Row]
    provenance: dict[str, Any]  # of the numbers, as `evaluate` wrote it
    versions: dict[str, str]  # of the Python packages that it was written with
    files: dict[str, str]  # sha256 of every other file in the folder
