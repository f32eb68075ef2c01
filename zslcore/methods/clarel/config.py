"""The settings of CLAREL and of its ablations."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from zslcore.runtime.params import Params
from zslcore.text.config import Text

Share = Annotated[float, Field(ge=0, le=1)]
Metric = Literal["euclidean", "squared", "cosine"]


class Encoder(Params):
    """From a caption to a vector; sentences = whole captions have vectors already, in a file."""

    kind: Literal["cnn_lstm", "bag_of_words", "sentences"]
    widths: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]  # of the residual blocks
    kernel: Literal[1, 3, 5, 7]
    units: PositiveInt  # of the LSTM, per direction


class Batch(Params):
    """What a step sees."""

    images: Annotated[int, Field(ge=2)]
    captions: PositiveInt  # of every image
    sample: Literal["replacement", "distinct", "all"]
    pairing: Literal["instance", "class_shuffled", "class_mean"]

    @model_validator(mode="after")
    def _class_mean_is_a_sample(self) -> Self:
        if self.pairing == "class_mean" and self.sample == "all":
            raise ValueError(
                "pairing class_mean draws from all captions of a class; not sample all"
            )
        return self


class Loss(Params):
    """J = (1 - kappa) (lambda J_TR + (1 - lambda) J_IR) + kappa J_C."""

    lam: Share
    kappa: Share
    classifiers: Literal["both", "image", "text"]
    metric: Metric
    scale: PositiveFloat  # of distances or cosines, before the softmax


class Optimizer(Params):
    """SGD with momentum in steps (code), or AdamW along a cosine (ours)."""

    kind: Literal["sgd", "adamw"]
    lr: PositiveFloat
    momentum: Annotated[float, Field(ge=0, lt=1)]  # of SGD
    weight_decay: NonNegativeFloat  # on convolutions and their batch norms
    clip: NonNegativeFloat  # length of a parameter tensor's gradient, 0 = none


class Prototypes(Params):
    """The captions behind the class prototypes."""

    source: Literal["all", "strict"]
    images: PositiveInt  # of a class, at most


class Config(Params):
    """The section `clarel` of params.yaml."""

    text: Text
    features: Literal["pooled", "regions"]  # of images
    encoder: Encoder
    embedding: PositiveInt
    dropout: Annotated[float, Field(ge=0, lt=1)]
    batch: Batch
    loss: Loss
    optimizer: Optimizer
    steps: PositiveInt
    log_every: PositiveInt  # steps
    prototypes: Prototypes

    @model_validator(mode="after")
    def _sentences_are_in_a_file(self) -> Self:
        vectors = self.text.vectors
        named = vectors.by == "file" and (vectors.path or "").endswith(".npy")
        if self.encoder.kind == "sentences" and not named:
            raise ValueError(
                "encoder.kind sentences needs text.vectors.by file and in text.vectors.path a .npy "
                "file with a vector for each caption; beside it, a .txt file of the same name has "
                "the captions, one per line"
            )
        return self
