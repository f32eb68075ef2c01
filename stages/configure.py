"""Check every setting, and write what each stage needs of them: python -m stages.configure.

The first stage: a mistake in params.yaml stops here, before any work. The others read the small
files written here, so that a changed value re-runs only the stages and datasets that use it.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stages import paths
from stages.settings import resolved
from zslcore.methods.spaen.config import Images
from zslcore.runtime.files import write_json
from zslcore.runtime.params import ParamsError
from zslcore.runtime.params_file import read_yaml

OF_IMAGES = tuple(f"spaen.{key}" for key in Images.model_fields)
SECTIONS = {
    "prepare": ("seed", "dataset"),
    "features": ("seed", "features"),
    "calibrate": ("calibrate",),
    "evaluate": ("seed", "evaluate"),
    "tune_baselines": ("seeds", "baselines", "calibrate"),
    "give_oracle": ("seed", "bivaegan"),
    "baselines": ("seeds", "baselines"),
    "bivaegan": ("listed", "seeds", "bivaegan"),
    "clarel": ("listed", "seeds", "clarel"),
    "attribute_clusters": ("listed", "seed", "attribute_clusters"),
    "dedn": ("listed", "seeds", "dedn.training"),
    "mix_dedn": ("dedn.inference",),
    "square_images": ("listed", "spaen.crops"),
    "pretrain_spaen": ("listed", "seeds", *OF_IMAGES),
    "train_spaen_images": ("listed", "seeds", *OF_IMAGES, "spaen.schedule"),
    "spaen": ("listed", "seeds", "spaen"),
}
SERVED = {  # the method that a stage works for, if not its own name
    "attribute_clusters": "dedn",
    **dict.fromkeys(("square_images", "pretrain_spaen", "train_spaen_images"), "spaen"),
}
SEGMENTATION = {
    "prepare_segmentation": ("seed", "dataset"),
    "pretrain_segmenter": ("listed", "seed", "segmenter"),
    "embed_segments": ("listed", "seed", "segmenter", "segment_embeddings"),
    "train_pading": ("listed", "seed", "seeds", "pading"),
    "evaluate_segmentation": ("evaluate_segmentation", "segmenter.size"),
}
LISTS = ("datasets", "methods", "segmentation_datasets", "segmentation_methods")


def main() -> None:
    settings = resolved(read_yaml(Path("params.yaml")))
    first = next(iter(settings.values()))
    for dataset in first.datasets:
        values = settings[dataset].model_dump(mode="json")
        values["dataset"] = values["dataset"][dataset]
        for stage, keys in SECTIONS.items():
            # a method that is not is not trained
            values["listed"] = SERVED.get(stage, stage) in first.methods
            _write(values, keys, paths.config(dataset, stage))
    for dataset in first.segmentation_datasets:
        values = settings[dataset].model_dump(mode="json")
        values["dataset"] = values["segmentation"][dataset]
        values["listed"] = bool(first.segmentation_methods)
        for stage, keys in SEGMENTATION.items():
            _write(values, keys, paths.config(dataset, stage))
    write_json({key: getattr(first, key) for key in LISTS}, paths.report_config())


def _write(values: dict[str, Any], keys: Iterable[str], file: Path) -> None:
    write_json(dict(_at(values, key) for key in keys), file)


def _at(values: dict[str, Any], key: str) -> tuple[str, Any]:
    """The name and the value of a section or, below it, of a part of one."""
    *above, name = key.split(".")
    for each in above:
        values = values[each]
    return name, values[name]


if __name__ == "__main__":
    try:
        main()
    except ParamsError as error:
        print(f"params.yaml is not right; nothing was run\n{error}", file=sys.stderr)
        sys.exit(2)
