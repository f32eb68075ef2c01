"""The whole of params.yaml, checked at once, for every dataset it knows."""

from typing import Annotated, Any, Self

from pydantic import Field, NonNegativeInt, create_model, model_validator

from zslcore import methods
from zslcore.calibration.config import Config as Calibrate
from zslcore.clusters.config import Config as AttributeClusters
from zslcore.data.sources.config import Source
from zslcore.features.config import Config as Features
from zslcore.metrics.config import Config as Evaluate
from zslcore.runtime.mistakes import nearest
from zslcore.runtime.params import Params, ParamsError, check
from zslcore.runtime.params_file import Runtime, resolve


class Common(Params):
    """The sections that exist whatever the methods are."""

    datasets: Annotated[tuple[str, ...], Field(min_length=1)]
    methods: Annotated[tuple[str, ...], Field(min_length=1)]
    seed: NonNegativeInt
    seeds: Annotated[tuple[NonNegativeInt, ...], Field(min_length=1)]
    runtime: Runtime
    dataset: dict[str, Source]
    features: Features
    attribute_clusters: AttributeClusters
    calibrate: Calibrate
    evaluate: Evaluate

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        known = {"datasets": list(self.dataset), "methods": list(methods.METHODS)}
        for key, names in known.items():
            for name in getattr(self, key):
                if name not in names:
                    raise ValueError(f"{key}: unknown name {name!r}{nearest(name, names)}")
        for key in ("datasets", "methods", "seeds"):
            if len(set(getattr(self, key))) < len(getattr(self, key)):
                raise ValueError(f"{key}: a value is listed twice: {list(getattr(self, key))}")
        return self


Settings = create_model(
    "Settings",
    __base__=Common,
    **{name: (methods.config_of(name), ...) for name in methods.METHODS},  # type: ignore[call-overload]
)


def resolved(tree: dict[str, Any]) -> dict[str, Common]:
    """The checked settings of every known dataset.

    Raises:
        ParamsError: one line per mistake, over all datasets.
    """
    known = list(tree["dataset"]) if isinstance(tree.get("dataset"), dict) else []
    mistakes: dict[str, None] = {}  # a set that keeps its order
    settings = {}
    for dataset in known or [""]:
        try:
            settings[dataset] = check(Settings, resolve(tree, dataset, known))
        except ParamsError as error:
            mistakes.update(dict.fromkeys(str(error).splitlines()))
    if mistakes:
        raise ParamsError("\n".join(mistakes))
    return settings
