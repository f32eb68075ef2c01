"""The settings of PADing and of its ablations; "code" is what its published code does."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from zslcore.runtime.params import Params

Form = Literal["paper", "code"]
Share = Annotated[float, Field(ge=0, lt=1)]
Start = Annotated[float, Field(gt=0, lt=1)]


class Primitives(Params):
    """The generator of eq. 1."""

    count: PositiveInt
    layers: PositiveInt
    heads: PositiveInt
    feed_forward: PositiveInt  # combine: code
    dropout: Share
    self_attention: Literal["primitives", "queries"]
    combine: Form
    noise: NonNegativeFloat


class Gmmn(Params):
    """The generator of the baseline: two layers on a class vector and noise."""

    hidden: PositiveInt
    noise: PositiveInt
    dropout: Share


class Projection(Params):
    """Embeddings to class vectors, without a generator."""

    tau: PositiveFloat
    lr: PositiveFloat


class Mmd(Params):
    """L_G, eq. 2."""

    mode: Literal["joint", "per_class"]
    bandwidths: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
    bandwidths_are: Literal["variances", "deviations"]
    root: bool


class Disentangle(Params):
    """L_D, eqs. 3 to 5."""

    use: bool
    encoder: Form
    dropout: Share
    relation: Literal["dot", "network"]
    candidates: Literal["all", "unseen", "group"]
    unrelated: Literal["moments", "softmax"]
    reconstruction: Literal["sum", "mean"]
    weight_related: NonNegativeFloat
    weight_unrelated: NonNegativeFloat
    weight_reconstruction: NonNegativeFloat


class Align(Params):
    """L_A, eq. 6."""

    weight: NonNegativeFloat
    direction: Form
    target: Literal["raw", "projected"]


class Batch(Params):
    """The matched segments of a generator step."""

    classes: PositiveInt
    samples: PositiveInt


class Optimizer(Params):
    """Adam, of the generator and of what is trained with it."""

    lr: PositiveFloat
    iterations: PositiveInt
    tenth_at: tuple[Start, ...]


class Classifier(Params):
    """SGD, on real embeddings and generated ones of unseen classes."""

    iterations: PositiveInt
    lr: PositiveFloat
    momentum: Share
    weight_decay: NonNegativeFloat
    real: PositiveInt
    no_object: PositiveInt
    fake: PositiveInt
    unseen_weight: PositiveFloat
    no_object_weight: PositiveFloat


class Config(Params):
    """The section `pading` of params.yaml."""

    generator: Literal["none", "projection", "gmmn", "primitives"]
    normalise: bool
    primitives: Primitives
    gmmn: Gmmn
    projection: Projection
    mmd: Mmd
    conditioning: NonNegativeFloat
    lam: NonNegativeFloat
    inputs: Literal["both", "fake"]
    tau: PositiveFloat
    disentangle: Disentangle
    align: Align
    batch: Batch
    optimizer: Optimizer
    schedule: Literal["sequential", "alternating"]
    classifier: Classifier
    log_every: PositiveInt

    @model_validator(mode="after")
    def _gmmn_projects_nothing(self) -> Self:
        projected = self.align.weight and self.align.target == "projected"
        network = self.disentangle.use and self.disentangle.relation == "network"
        if self.generator == "gmmn" and self.lam and (projected or network):
            raise ValueError(
                "generator gmmn projects no class vectors: "
                "not with align.target projected or disentangle.relation network"
            )
        return self
