"""The settings of the feature pre-tuning network; free of torch, so that reading is quick."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from zslcore.runtime.params import Params

Share = Annotated[float, Field(ge=0, lt=1)]
# that of zslcore.nn.attribute_loss, whose module needs torch
AttributeLoss = Literal["weighted_l1", "l1", "mse"]


class Pretune(Params):
    """A network that maps features before the method sees them; 0 epochs: none."""

    epochs: NonNegativeInt
    hidden: PositiveInt
    heads: PositiveInt
    lr: PositiveFloat
    beta1: Share
    beta2: Share
    batch_size: Annotated[int, Field(ge=2)]  # batch norm needs two images
    class_weight: PositiveFloat  # the epoch is chosen by the class head
    attribute_weight: NonNegativeFloat
    attribute_loss: AttributeLoss
    reconstruction_weight: NonNegativeFloat
    holdout: Annotated[float, Field(gt=0, lt=1)]
