"""One folder with all that labels an image: python -m stages.package METHOD DATASET.

Of the model trained in the test phase, so of every seen class; what `python -m zslcore predict`
reads. A method that was left out leaves an empty folder.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from stages import paths
from stages.entry import enter
from stages.rows import prefix
from zslcore.data import scores
from zslcore.data.scores import Scores
from zslcore.features import store
from zslcore.package.write import Contents, write

PACKAGES = paths.DATA / "packages"
TAKES_REGIONS = ("dedn",)


def main(method: str, dataset: str) -> None:
    out = package(method, dataset)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    models = {
        row: (found, model)
        for row, found in scores.load(paths.scores(method, dataset, "test")).items()
        if (model := model_of(method, dataset, row)) is not None
    }
    if models:
        write(contents(method, dataset, models), out)


def package(method: str, dataset: str) -> Path:
    return PACKAGES / method / dataset


def model_of(method: str, dataset: str, row: str) -> Path | None:
    """The folder of a row's model; None where it is another stage's.

    Of several rows each has a folder of its own; a method with one row saves it as it is.
    """
    folder = paths.models(method, dataset, "test")
    if (folder / row).is_dir():
        return folder / row
    return folder if row == method else None


def contents(method: str, dataset: str, models: dict[str, tuple[Scores, Path]]) -> Contents:
    """All that the package is to hold."""
    problem = paths.prepared(dataset) / "test" / "problem"
    names = json.loads((problem / "problem.json").read_text(encoding="utf-8"))
    vectors, seen = (np.load(problem / f"{name}.npy") for name in ("class_vectors", "seen"))
    found = store.load(paths.features(dataset), "test")
    source = paths.evaluation(method, dataset) / "provenance.json"
    about = {
        "method": method,
        "dataset": dataset,
        "features": {
            "pooled": list(found.pooled.shape[1:]),
            "regions": None if found.regions is None else list(found.regions.shape[1:]),
        },
        "recipe": found.recipe,
        "class_names": names["class_names"],
        "attribute_names": names["attribute_names"],
        "rows": rows(method, dataset, {row: each for row, (each, _) in models.items()}),
        "provenance": json.loads(source.read_text(encoding="utf-8")),
    }
    folders = {row: folder for row, (_, folder) in models.items()}
    return Contents(about, vectors, seen, folders, backbone(dataset))


def rows(method: str, dataset: str, found: dict[str, Scores]) -> dict[str, Any]:
    """What the manifest says of each row."""
    chosen = json.loads((paths.calibration(method, dataset) / "handicap.json").read_text())
    measured = json.loads(paths.metrics(method, dataset).read_text())
    return {
        name: {
            "kind": row.kind,
            "takes": takes(method, row),
            "seeds": list(row.seeds),
            "setting": row.setting,
            "settings": dict(row.settings),
            "handicap": chosen[name],
            "metrics": of_row(measured, prefix(method, name), set(chosen)),
        }
        for name, row in found.items()
    }


def takes(method: str, row: Scores) -> str:
    """Which features the method looks at."""
    if method in TAKES_REGIONS or row.settings.get("features") == "regions":
        return "regions"
    return "pooled"


def of_row(measured: dict[str, float], lead: str, rows: set[str]) -> dict[str, float]:
    """The metrics of one of all rows, without what leads their names."""
    others = tuple(f"{name}." for name in rows) if not lead else ()
    return {
        key.removeprefix(lead): value
        for key, value in measured.items()
        if key.startswith(lead) and not key.startswith(others)
    }


def backbone(dataset: str) -> Path | None:
    """The folder of what made the test phase's features; None where they were files."""
    for phases in (["test"], store.PHASES):
        folder = store.Files(paths.features(dataset), phases, with_regions=False).backbone
        if folder.is_dir():
            return folder
    return None


if __name__ == "__main__":
    enter(main)
