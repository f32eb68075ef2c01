"""What can be set about features."""

from typing import Annotated

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from zslcore.runtime.params import Params

Argument = bool | int | float | str | tuple[int, ...]


class FineTuning(Params):
    """Training of the backbone on the seen classes; zero epochs leave it as it is."""

    epochs: NonNegativeInt
    batch_size: PositiveInt  # images of a step, over all processes
    lr: PositiveFloat  # peak of the cycle
    weight_decay: NonNegativeFloat
    label_smoothing: Annotated[float, Field(ge=0, lt=1)]
    flip: bool  # mirror half of the images
    shift: NonNegativeInt  # pixels, at most, in each direction


class Config(Params):
    """The backbone, its input, and what is kept of its output."""

    model: Annotated[str, Field(min_length=1)]  # a timm name, as resnet101.tv_in1k
    model_args: dict[str, Argument]  # further arguments of timm.create_model
    weights: Annotated[str, Field(min_length=1)]  # none | hub | a .safetensors or .pth file
    image_size: NonNegativeInt  # pixels; 0 = the model's own
    crop_pct: Annotated[float, Field(ge=0, le=1)]  # share kept by the crop; 0 = the model's own
    regions: bool  # keep region maps too
    region_layer: int  # which of timm's feature stages or blocks; -1 = the last
    batch_size: PositiveInt  # images of a step of the extraction
    workers: NonNegativeInt  # processes that read images; 0 = none but the main one
    threads: PositiveInt  # of each process, whatever `runtime` says
    finetune: FineTuning
