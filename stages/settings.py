"""The whole of params.yaml, checked at once, for every dataset it knows."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeInt, create_model, model_validator

from stages.pading import Pading
from zslcore import methods
from zslcore.calibration.config import Config as Calibrate
from zslcore.clusters.config import Config as AttributeClusters
from zslcore.data.sources.config import Source
from zslcore.data.sources.segmentation_config import SegmentationSource
from zslcore.features.config import Config as Features
from zslcore.metrics.config import Config as Evaluate
from zslcore.runtime.mistakes import nearest
from zslcore.runtime.params import Params, ParamsError, check
from zslcore.runtime.params_file import Runtime, resolve
from zslcore.segments.config import Config as Segmenter
from zslcore.segments.config import Embed, Inference


class Common(Params):
    """The sections that exist whatever the methods are."""

    datasets: Annotated[tuple[str, ...], Field(min_length=1)]
    methods: Annotated[tuple[str, ...], Field(min_length=1)]
    segmentation_datasets: tuple[str, ...]
    segmentation_methods: tuple[Literal["pading"], ...]
    seed: NonNegativeInt
    seeds: Annotated[tuple[NonNegativeInt, ...], Field(min_length=1)]
    runtime: Runtime
    dataset: dict[str, Source]
    segmentation: dict[str, SegmentationSource]
    features: Features
    attribute_clusters: AttributeClusters
    calibrate: Calibrate
    evaluate: Evaluate
    segmenter: Segmenter
    segment_embeddings: Embed
    pading: Pading
    evaluate_segmentation: Inference

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        known = {
            "datasets": list(self.dataset),
            "methods": list(methods.METHODS),
            "segmentation_datasets": list(self.segmentation),
        }
        for key, names in known.items():
            for name in getattr(self, key):
                if name not in names:
                    raise ValueError(f"{key}: unknown name {name!r}{nearest(name, names)}")
        for key in (*known, "segmentation_methods", "seeds"):
            if len(set(getattr(self, key))) < len(getattr(self, key)):
                raise ValueError(f"{key}: a value is listed twice: {list(getattr(self, key))}")
        if both := sorted(set(self.dataset) & set(self.segmentation)):
            raise ValueError(f"segmentation: {both[0]!r} is also a name in `dataset`; rename one")
        return self


Settings = create_model(
    "Settings",
    __base__=Common,
    **{name: (methods.config_of(name), ...) for name in methods.METHODS},  # type: ignore[call-overload]
)


def of_dataset(tree: dict[str, Any], dataset: str) -> dict[str, Any]:
    """The whole of params.yaml as one dataset has it, not checked.

    Raises:
        ParamsError: a map names a dataset that there is not.
    """
    return resolve(tree, dataset, _known(tree))


def _known(tree: dict[str, Any]) -> list[str]:
    sections = [tree.get(key) for key in ("dataset", "segmentation")]
    return [name for names in sections if isinstance(names, dict) for name in names]


def resolved(tree: dict[str, Any]) -> dict[str, Common]:
    """The checked settings of every known dataset.

    Raises:
        ParamsError: one line per mistake, over all datasets.
    """
    mistakes: dict[str, None] = {}  # a set that keeps its order
    settings = {}
    for dataset in _known(tree) or [""]:
        try:
            settings[dataset] = check(Settings, of_dataset(tree, dataset))
        except ParamsError as error:
            mistakes.update(dict.fromkeys(str(error).splitlines()))
    if mistakes:
        raise ParamsError("\n".join(mistakes))
    return settings
