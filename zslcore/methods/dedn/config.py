"""The settings of DEDN and of its ablations."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from zslcore.runtime.params import Params

Weight = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[float, Field(ge=0, lt=1)]


class Optimizer(Params):
    """RMSprop, not centred."""

    lr: PositiveFloat
    smoothing: Share
    momentum: Share
    weight_decay: NonNegativeFloat


class Loss(Params):
    """Eqs. 7, 12 and 15 to 18."""

    classification: Literal["mal", "cross_entropy"]
    margin: NonNegativeFloat  # epsilon
    true_margin: NonNegativeFloat  # of the true class, in epsilons
    pair: Literal["paper", "code"]
    align: NonNegativeFloat  # beta
    distill: NonNegativeFloat  # gamma
    self_calibration: NonNegativeFloat


class Inference(Params):
    """How branches and experts are mixed; nothing is trained for it."""

    lambda_rc: Weight
    lambda_e: Weight
    margin: NonNegativeFloat


class Training(Params):
    """All that a trained model depends on."""

    experts: Literal["both", "coarse", "fine"]
    branches: Literal["both", "region", "channel"]
    attribute_vectors: Literal["names", "one_hot"]
    train_vectors: bool
    rank: NonNegativeInt  # of W1; 0 = full
    training_lambda_rc: Weight | None  # None = plain sum
    loss: Loss
    sampler: Literal["balanced", "uniform"]
    batch_size: PositiveInt
    epochs: PositiveInt
    optimizer: Optimizer
    precision: Literal["fp32", "bf16"]


class Config(Params):
    """The section `dedn` of params.yaml; a change of `inference` trains nothing."""

    training: Training
    inference: Inference
