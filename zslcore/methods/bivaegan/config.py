"""The settings of Bi-VAEGAN, of its ablations and of the baselines it grew from."""

from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from zslcore.methods.bivaegan.pretune_config import AttributeLoss, Pretune, Share
from zslcore.runtime.params import Params

Estimator = Literal["oracle", "uniform", "classifier", "cpe", "bbse", "mlls"]


class Epochs(Params):
    """How long each level of knowledge is trained on."""

    inductive: NonNegativeInt
    transductive: NonNegativeInt
    iterations: NonNegativeInt


class Optimizer(Params):
    """Adam, for every network one of its own."""

    lr: PositiveFloat
    beta1: Share
    beta2: Share
    weight_decay: NonNegativeFloat


class Penalty(Params):
    """The gradient penalties of the critics."""

    control: Literal["adaptive", "fixed"]
    start: PositiveFloat
    attribute: PositiveFloat


class LevelOne(Params):
    """How often the regressor and its critic are trained."""

    every: PositiveInt
    critic_steps: PositiveInt
    regressor_steps: PositiveInt


class Jitter(Params):
    """Relative noise on class vectors."""

    critic: NonNegativeFloat
    synthesis: NonNegativeFloat


class Feedback(Params):
    """TF-VAEGAN's module from the regressor's hidden layer to the generator's."""

    training: NonNegativeFloat
    synthesis: NonNegativeFloat
    lr: PositiveFloat


class Bbse(Params):
    """Black-box shift estimation."""

    answers: Literal["hard", "soft"]
    solve: Literal["ridge", "nonnegative"]
    lr: PositiveFloat
    epochs: PositiveInt
    batch_size: PositiveInt


class Prior(Params):
    """The class prior of the unseen classes."""

    estimator: Estimator
    refresh: PositiveInt
    floor: Annotated[float, Field(ge=0, lt=0.01)]
    space: Literal["augmented", "visual"]
    synthetic_per_class: Annotated[int, Field(ge=2)]
    calibrate: bool
    bbse: Bbse


class Classifier(Params):
    """Linear softmax on synthetic features."""

    synthetic_per_class: PositiveInt
    lr: PositiveFloat
    epochs: PositiveInt
    gzsl_lr: PositiveFloat
    gzsl_epochs: PositiveInt
    gzsl: Literal["joint", "factored"]


class Config(Params):
    """Section `bivaegan` of params.yaml."""

    knowledge: Literal["class_vectors", "prototypes"]
    shots: NonNegativeInt
    pretune: Pretune
    normalization: Literal["l2", "minmax"]
    r: PositiveFloat
    hidden: PositiveInt
    attribute_hidden: PositiveInt
    noise: NonNegativeInt
    encoder: bool
    unseen_critic: bool
    regressor: Literal["none", "supervised", "adversarial"]
    augment: bool
    alpha: PositiveFloat
    beta: NonNegativeFloat
    gamma: PositiveFloat
    lam: NonNegativeFloat
    seen_regression: NonNegativeFloat
    attribute_loss: AttributeLoss
    reconstruction: Literal["paper", "code"]
    attribute_critic: Literal["both", "unseen"]
    encoded_noise: bool
    inductive_beta: bool
    jitter: Jitter
    feedback: Feedback
    penalty: Penalty
    critic_steps: PositiveInt
    level_one: LevelOne
    batch_size: Annotated[int, Field(ge=2)]
    optimizer: Optimizer
    epochs: Epochs
    average: Share
    precision: Literal["fp32", "bf16"]
    prior: Prior
    classifier: Classifier
    monitor: NonNegativeInt

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.encoded_noise and not self.encoder:
            raise ValueError("encoded_noise needs the encoder; set encoder to true")
        if self.regressor == "none" and self.feedback.training + self.seen_regression > 0:
            raise ValueError(
                "feedback.training and seen_regression need the regressor; "
                "set both to 0, or regressor to supervised"
            )
        first = self.epochs.inductive or self.epochs.transductive
        if first == 0:
            raise ValueError("epochs: both numbers are 0, nothing would be trained")
        if self.feedback.training > 0 and first == 1:
            raise ValueError(
                "feedback.training: the module is trained in every second epoch only, so that one "
                "epoch leaves it untrained, yet features are made with it after that; set "
                "epochs.inductive to 2 or more, or feedback.training to 0"
            )
        if self.epochs.inductive == 0 and self.prior.estimator not in ("oracle", "uniform"):
            raise ValueError(
                f"prior.estimator {self.prior.estimator} makes its first estimate from the "
                "inductive generator; set epochs.inductive to 1 or more"
            )
        return self
