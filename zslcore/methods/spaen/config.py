"""The settings of SP-AEN and of its ablations."""

from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from zslcore.runtime.params import Params

Share = Annotated[float, Field(ge=0, le=1)]
Below1 = Annotated[float, Field(ge=0, lt=1)]
Channels = Annotated[tuple[PositiveInt, ...], Field(min_length=1)]
Schedule = Literal["two_stage", "joint"]
Negative = Literal["violating", "random", "hardest", "mean"]

START = 4  # pixels, side of the generator's first map


class Heads(Params):
    """The four trained networks of two layers; widths of their hidden layers."""

    e: PositiveInt
    f: PositiveInt
    g: PositiveInt
    d: NonNegativeInt  # 0 = as many as there are attributes
    slope: Below1  # of leaky ReLU, in the generator, too
    dropout: Below1  # before both layers of E


class Generator(Params):
    """From the perceptual network's vector to an image."""

    fc: tuple[PositiveInt, ...]  # widths of fully connected layers
    start: PositiveInt  # channels of the first map
    blocks: Annotated[tuple[Channels, ...], Field(min_length=1)]  # an up-convolution, others
    weights: str  # none, or a file
    steps: NonNegativeInt  # of training it to invert the perceptual network
    freeze: bool  # from then on

    @property
    def size(self) -> int:
        """Pixels, side of the image: every block doubles it, and so does the last layer."""
        return int(START * 2 ** (len(self.blocks) + 1))

    @model_validator(mode="after")
    def _knows_something(self) -> Self:
        if self.freeze and self.weights == "none" and self.steps == 0:
            raise ValueError(
                "generator: frozen as it began, at random; set generator.steps to 1 or more, "
                "generator.weights to a file, or generator.freeze to false"
            )
        return self


class Perceptual(Params):
    """The frozen network that F starts from and images are compared by."""

    kind: Literal["small", "alexnet"]
    weights: Annotated[str, Field(min_length=1)]  # of AlexNet: none | hub | a file
    width: PositiveInt  # of the small one: channels of its first layer
    vector: PositiveInt  # of the small one: units of its vector
    steps: PositiveInt  # of the small one's training
    lr: PositiveFloat  # of the small one's training


class Rank(Params):
    """The classification objective."""

    negative: Negative
    margin: PositiveFloat
    weight: PositiveFloat


class Adversarial(Params):
    """The game of E (and, in the joint schedule, F) against D."""

    critic: Literal["sigmoid", "linear"]
    control: Literal["penalty", "clip"]
    weight: NonNegativeFloat  # beta
    gp: PositiveFloat  # lambda of the gradient penalty
    clip: PositiveFloat  # of D's weights, under control clip
    critic_steps: PositiveInt


class Reconstruction(Params):
    """The reconstruction objective."""

    weight: PositiveFloat  # alpha
    pixel: NonNegativeFloat
    feature: NonNegativeFloat
    norm: NonNegativeFloat

    @model_validator(mode="after")
    def _compares_something(self) -> Self:
        if self.pixel + self.feature == 0:
            raise ValueError(
                "reconstruction.pixel and reconstruction.feature are both 0, so that no image "
                "would be compared with its reconstruction; set one of them above 0"
            )
        return self


class Optimizer(Params):
    """Adam."""

    lr: PositiveFloat
    beta1: Below1
    beta2: Below1
    clip: NonNegativeFloat  # length of a parameter tensor's gradient, 0 = none
    decay_at: Share  # of the steps
    decay: Annotated[float, Field(gt=0, le=1)]
    weight_decay: NonNegativeFloat  # not on biases, nor on D


class Steps(Params):
    """Of the two stages; the joint schedule has those of F."""

    f: PositiveInt
    e: PositiveInt


class Crops(Params):
    """From stored squares to what the networks see."""

    resize: PositiveInt  # pixels, side of the squares
    size: Annotated[int, Field(ge=8)]  # pixels, side of the crops
    train: Literal["ten", "random", "centre"]


class Images(Params):
    """The settings of what is trained on images: the networks taken ready-made, F and G."""

    heads: Heads
    generator: Generator
    perceptual: Perceptual
    reconstruction: Reconstruction
    optimizer: Optimizer
    batch: PositiveInt
    steps: Steps
    crops: Crops
    log_every: PositiveInt  # steps

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        size, made = self.crops.size, self.generator.size
        if size > min(self.crops.resize, made):
            raise ValueError(
                f"crops.size is {size}; allowed: up to crops.resize ({self.crops.resize}) and the "
                f"generator's images ({made}, 8 doubled once per entry of generator.blocks)"
            )
        if self.perceptual.kind == "alexnet" and size < 64:
            raise ValueError(f"crops.size is {size}; AlexNet needs 64 or more")
        return self


class Config(Images):
    """The section `spaen` of params.yaml."""

    schedule: Schedule
    objective: Literal["full", "classification"]
    rank: Rank
    adversarial: Adversarial
