"""The settings of the segmenter: network, loss, training, and what is made of its answers."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from pydantic import model_validator as validator

from zslcore.runtime.params import Params

Share = Annotated[float, Field(ge=0, le=1)]
Stages = Annotated[tuple[PositiveInt, ...], Field(min_length=4, max_length=4)]


class Backbone(Params):
    """What turns pixels into feature maps at 1/4, 1/8, 1/16 and 1/32 of the image's size."""

    kind: Annotated[str, Field(min_length=1)]  # resnet = a small one of basic blocks | a timm name
    channels: Stages  # of its stages, of `resnet` only; the stem has those of the first
    depths: Stages  # blocks of its stages, of `resnet` only
    weights: Annotated[str, Field(min_length=1)]  # none | hub | a .safetensors or .pth file
    frozen_norm: bool  # batch norms keep their averages, weights and biases

    @validator(mode="after")
    def _own_resnet_has_no_weights(self) -> Self:
        if self.kind == "resnet" and self.weights != "none":
            raise ValueError(
                f"weights are {self.weights}, but backbone resnet starts from random ones; "
                "allowed: none, or the name of a timm model as kind"
            )
        return self


class Layers(Params):
    """A stack of transformer layers."""

    layers: PositiveInt
    feedforward: PositiveInt  # width between the two linear maps of a layer


class Network(Params):
    """Mask2Former."""

    backbone: Backbone
    hidden: Annotated[int, Field(ge=32, multiple_of=32)]  # the group norm has 32 groups
    heads: PositiveInt
    queries: PositiveInt
    encoder: Layers  # of the pixel decoder
    decoder: Layers

    @validator(mode="after")
    def _heads_divide_hidden(self) -> Self:
        if self.hidden % self.heads:
            raise ValueError(f"hidden is {self.hidden}, not a multiple of heads, {self.heads}")
        return self


class Loss(Params):
    """Weights of the loss, which are those of the matching too, and where masks are compared."""

    classification: NonNegativeFloat
    mask: NonNegativeFloat
    dice: NonNegativeFloat
    no_object: PositiveFloat  # weight of unmatched queries in the classification
    points: PositiveInt  # where each pair of masks is compared
    oversample: Annotated[float, Field(ge=1)]  # candidates for a point
    importance: Share  # of the points, those of the least certain candidates


class Augment(Params):
    """Random changes of training images."""

    flip: bool  # mirror half of them
    crop: Annotated[int, Field(ge=0, multiple_of=32)]  # pixels, side; 0 = images as they are
    scale_min: PositiveFloat  # of the image that would just fill the crop; of `crop` only
    scale_max: PositiveFloat

    @validator(mode="after")
    def _range(self) -> Self:
        if self.scale_min > self.scale_max:
            raise ValueError(f"scale_min {self.scale_min} is above scale_max {self.scale_max}")
        return self


class Size(Params):
    """To what images are resized where they are not augmented."""

    short: NonNegativeInt  # pixels of the shorter side; 0 = images as they are
    long: NonNegativeInt  # pixels of the longer side, at most


class Optimizer(Params):
    """AdamW (Loshchilov & Hutter 2019), without decay of norms and embeddings."""

    lr: PositiveFloat  # at its peak
    weight_decay: NonNegativeFloat
    backbone: NonNegativeFloat  # factor on the backbone's learning rate
    clip: PositiveFloat  # length of the gradient of all parameters together
    schedule: Literal["cycle", "drops"]  # a cosine to 0, or a tenth after 90 % and after 95 %
    warm_up: Share  # of the training, in which the learning rate rises


class Config(Params):
    """Pre-training on seen classes."""

    network: Network
    loss: Loss
    augment: Augment
    size: Size
    optimizer: Optimizer
    batch_size: PositiveInt  # images of a step, over all processes
    steps: PositiveInt
    precision: Literal["float32", "bfloat16"]  # of the network; the loss is always in float32
    log_every: PositiveInt  # steps
    workers: NonNegativeInt  # processes that read images; 0 = none but the main one


class Embed(Params):
    """What is kept of training images."""

    batch_size: PositiveInt  # images of a step; 1 where they differ in size
    passes: PositiveInt  # over the training images: one as they are, the others augmented
    workers: NonNegativeInt  # processes that read images; 0 = none but the main one


class Merge(Params):
    """Thresholds of the panoptic merge; Mask2Former has 0.8, 0.8 and 0.5.

    Attributes:
        score: a query counts if its class probability is above it.
        overlap: a query's segment stays if it owns at least this share of the query's mask.
        mask: a pixel belongs to a query's mask from this probability on.
    """

    score: Share
    overlap: Share
    mask: Share


class Inference(Params):
    """How queries become segmentations."""

    merge: Merge  # the panoptic one
    instances: PositiveInt  # detections of an image, before stuff is dropped
