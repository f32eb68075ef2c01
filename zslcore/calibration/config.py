"""How the handicap is chosen."""

from typing import Annotated, Literal

from pydantic import Field

from zslcore.calibration.thresholds import Family
from zslcore.runtime.params import Params


class Config(Params):
    """Section `calibrate` of params.yaml.

    Attributes:
        family: additive (seen scores minus gamma), multiplicative (seen distances times
            1 + alpha), or auto: the one that suits the method's scores.
        select: max_h takes the best interval; plateau the middle of all around it that is
            hardly worse, which fits a few hundred images less closely.
        aggregate: mean_h maximises the mean of H over the runs; mean_argmax takes the mean of
            every run's own choice.
        plateau: by how much H may be lower on the plateau, of 1.
        nonnegative: never favour the seen classes.
    """

    family: Literal["auto", "additive", "multiplicative"]
    select: Literal["max_h", "plateau"]
    aggregate: Literal["mean_h", "mean_argmax"]
    plateau: Annotated[float, Field(ge=0, lt=1)]
    nonnegative: bool

    def family_for(self, kind: Literal["similarity", "distance"]) -> Family:
        """The family for a method's scores: `auto` rescales distances and shifts similarities."""
        if self.family == "auto":
            return "multiplicative" if kind == "distance" else "additive"
        return self.family
