"""The settings of the baselines: for each the values to choose from on the validation phase."""

from typing import Annotated, Literal, get_args

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, field_validator

from zslcore.runtime.params import Grid, Params

Name = Literal[
    "eszsl",
    "ridge_vs",
    "ridge_sv",
    "sae_vs",
    "sae_sv",
    "sync",
    "devise",
    "ale",
    "sje",
    "latem",
    "dap",
    "iap",
    "conse",
    "cmt",
    "cmt_star",
]
NAMES: tuple[str, ...] = get_args(Name)

Length = Literal["none", "l2"]
Metric = Literal["cosine", "euclidean"]
Targets = Literal["zero_one", "plus_minus"]
Prior = Literal["seen_mean", "half"]
Share = Annotated[float, Field(gt=0, lt=1)]


class Eszsl(Params):
    """Penalties are absolute, not per image."""

    gamma: Grid[PositiveFloat]
    lam: Grid[PositiveFloat]
    targets: Grid[Targets]


class Ridge(Params):
    """Linear regression between images and class vectors, in either direction."""

    gamma: Grid[PositiveFloat]
    metric: Grid[Metric]


class Sae(Params):
    """Semantic autoencoder."""

    lam: Grid[PositiveFloat]


class Sync(Params):
    """One phantom class at each seen class vector."""

    gamma: Grid[PositiveFloat]
    lam: Grid[PositiveFloat]
    sigma: Grid[PositiveFloat]


class Ranking(Params):
    """Stochastic gradient descent on a margin loss."""

    lr: Grid[PositiveFloat]
    margin: Grid[PositiveFloat]
    epochs: Grid[PositiveInt]
    batch_size: Grid[PositiveInt]


class Latem(Ranking):
    """Several bilinear matrices, of which the best one counts."""

    matrices: Grid[PositiveInt]


class Attributes(Params):
    """Products of attribute probabilities."""

    decay: Grid[PositiveFloat]
    prior: Grid[Prior]


class Conse(Params):
    """A mixture of the likeliest seen classes' vectors."""

    decay: Grid[PositiveFloat]
    top: Grid[PositiveInt]


class Cmt(Params):
    """A network with one hidden layer."""

    hidden: Grid[PositiveInt]
    lr: Grid[PositiveFloat]
    decay: Grid[NonNegativeFloat]
    epochs: Grid[PositiveInt]
    batch_size: Grid[PositiveInt]


class CmtStar(Cmt):
    """The same with a novelty gate."""

    quantile: Grid[Share]


class Config(Params):
    """Section `baselines` of params.yaml."""

    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    normalize: Length
    class_vectors: Length
    select_by: Literal["gzsl.h", "gzsl.ausuc", "zsl.acc"]
    eszsl: Eszsl
    ridge_vs: Ridge
    ridge_sv: Ridge
    sae_vs: Sae
    sae_sv: Sae
    sync: Sync
    devise: Ranking
    ale: Ranking
    sje: Ranking
    latem: Latem
    dap: Attributes
    iap: Attributes
    conse: Conse
    cmt: Cmt
    cmt_star: CmtStar

    @field_validator("names")
    @classmethod
    def _each_once(cls, names: tuple[Name, ...]) -> tuple[Name, ...]:
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"more than once: {', '.join(twice)}")
        return names
