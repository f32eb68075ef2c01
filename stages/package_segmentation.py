"""One folder with all that segments an image: python -m stages.package_segmentation DATASET.

The segmenter, and the classifiers of its segments: what `python -m zslcore predict` reads. Where
PADing is not listed, the folder is empty.
"""

import json
import shutil
from pathlib import Path

import numpy as np

from stages import paths, segmentation
from stages.entry import enter
from stages.package import of_row, package
from stages.pading import PADING
from stages.rows import prefix
from zslcore.package.segmentation_files import Contents, write
from zslcore.runtime import params
from zslcore.segments.config import Inference, Size


class Settings(params.Params):
    evaluate_segmentation: Inference
    size: Size


def main(dataset: str) -> None:
    out, trained = package(PADING, dataset), segmentation.pading(dataset) / "rows.json"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    if trained.exists():
        write(contents(dataset, json.loads(trained.read_text(encoding="utf-8"))), out)


def contents(dataset: str, seeds: dict[str, list[int]]) -> Contents:
    """All that the package is to hold; `seeds` are those of each row."""
    settings = params.load(paths.config(dataset, "evaluate_segmentation"), Settings)
    problem = paths.prepared(dataset) / "problem"
    names = json.loads((problem / "problem.json").read_text(encoding="utf-8"))
    things, seen = (np.load(problem / f"{name}.npy") for name in ("things", "seen"))
    folders = {row: segmentation.pading(dataset) / row for row in seeds}
    source = paths.evaluation(PADING, dataset) / "provenance.json"
    about = {
        "dataset": dataset,
        "truth": names["task"],
        "class_names": names["class_names"],
        "size": settings.size.model_dump(mode="json"),
        "inference": settings.evaluate_segmentation.model_dump(mode="json"),
        "rows": rows(dataset, seeds, folders),
        "provenance": json.loads(source.read_text(encoding="utf-8")),
    }
    return Contents(about, things, seen, segmentation.segmenter(dataset), folders)


def rows(
    dataset: str, seeds: dict[str, list[int]], folders: dict[str, Path]
) -> dict[str, dict[str, object]]:
    """What the manifest says of each row."""
    measured = json.loads(paths.metrics(PADING, dataset).read_text(encoding="utf-8"))
    return {
        row: {
            "seeds": own,
            "settings": json.loads((folders[row] / "model.json").read_text())["settings"],
            "metrics": of_row(measured, prefix(PADING, row), set(seeds)),
        }
        for row, own in seeds.items()
    }


if __name__ == "__main__":
    enter(main)
