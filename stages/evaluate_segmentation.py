"""Measure what PADing answers to evaluation images: python -m stages.evaluate_segmentation DATASET.

Panoptic, instance, box and semantic metrics, as far as the truth tells of them; each of seen and of
unseen classes, and their harmonic mean.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax

from stages import answering, paths, segmentation
from stages.entry import enter
from stages.pading import PADING
from stages.rows import prefix, write_csv
from stages.tally import Asked, Floats, Tally
from zslcore.data.segmentation import SegmentationTruth
from zslcore.data.segmentation_store import load_truth
from zslcore.methods.pading.model import Model
from zslcore.metrics.intervals import over_seeds
from zslcore.runtime import params
from zslcore.runtime.digest import sha256
from zslcore.runtime.files import write_json
from zslcore.runtime.progress import counting
from zslcore.segments.answers import probabilities
from zslcore.segments.config import Inference, Size
from zslcore.segments.model import ABOUT, WEIGHTS

BY_CLASS = {
    "panoptic.pq": "pq",
    "panoptic.sq": "sq",
    "panoptic.rq": "rq",
    "instance.ap50": "ap50_masks",
    "instance.recall50": "recall50_masks",
    "box.ap50": "ap50_boxes",
    "box.recall50": "recall50_boxes",
    "semantic.miou": "iou",
}
"""Columns of the table by class."""
COLUMNS = ("method", "class", "seen", "thing", "segments", *BY_CLASS.values())
PACKAGES = ("numpy", "pycocotools", "scipy", "timm", "torch", "transformers")


class Settings(params.Params):
    evaluate_segmentation: Inference
    size: Size  # of the segmenter's images


def main(dataset: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings = params.load(paths.config(dataset, "evaluate_segmentation"), Settings)
    models = answering.models(dataset)
    asked = Asked(load_truth(paths.prepared(dataset)), settings.evaluate_segmentation)
    tallies = counted(dataset, models, asked, settings.size) if models else {}
    true = asked.instances() if models and "instance" in asked.tasks() else []
    metrics: dict[str, float] = {}
    lines: list[dict[str, Any]] = []
    for row, of_seeds in tallies.items():
        classes = [tally.by_class(true) for tally in of_seeds]
        for key, value in measured(of_seeds, classes).items():
            metrics[f"{prefix(PADING, row)}{key}"] = round(value, 4)
        lines += table(row, classes, asked.truth)
    out = paths.evaluation(PADING, dataset)
    out.mkdir(parents=True, exist_ok=True)
    write_csv(lines, out / "segmentation.csv", COLUMNS)
    write_json(provenance(dataset, models), out / "provenance.json")
    write_json(metrics, paths.metrics(PADING, dataset))


def counted(
    dataset: str, models: Mapping[str, Model], asked: Asked, size: Size
) -> dict[str, list[Tally]]:
    """The tally of each seed of each row; every image is looked at once."""
    pictures = asked.truth.evaluation.pictures
    tallies = {row: [Tally(asked) for _ in m.classifier.bias] for row, m in models.items()}
    answers = answering.answered(dataset, pictures, range(len(pictures)), size)
    with counting("evaluating", len(pictures), "images") as advance:
        for image, answer in enumerate(answers):
            at = asked.look(image, probabilities(answer))
            for row, model in models.items():
                classes = softmax(model.logits(answer.embeddings).astype(np.float64), axis=-1)
                for tally, of_seed in zip(tallies[row], classes, strict=True):
                    tally.add(at, of_seed)
            advance(1)
    return tallies


def measured(
    of_seeds: Sequence[Tally], classes: Sequence[Mapping[str, Floats]]
) -> dict[str, float]:
    """The metrics of a row, and their half widths over its seeds.

    Args:
        of_seeds: their tallies.
        classes: each one's values by class.
    """
    found = [tally.measure(of) for tally, of in zip(of_seeds, classes, strict=True)]
    return over_seeds({key: [of_seed[key] for of_seed in found] for key in found[0]})


def table(
    row: str, classes: Sequence[Mapping[str, Floats]], truth: SegmentationTruth
) -> list[dict[str, Any]]:
    """A line per class: means over the seeds, empty where there is nothing to measure."""
    means = {BY_CLASS[name]: _mean([of[name] for of in classes]) for name in classes[0]}
    _, labels, crowd = truth.evaluation.segments[:, 1:].T
    segments = np.bincount(labels[crowd == 0], minlength=len(truth.seen))
    return [
        {
            "method": row,
            "class": name,
            "seen": bool(truth.seen[c]),
            "thing": bool(truth.things[c]),
            "segments": int(segments[c]),
            **{column: _number(values[c]) for column, values in means.items()},
        }
        for c, name in enumerate(truth.class_names)
    ]


def _mean(of_seeds: Sequence[Floats]) -> Floats:
    """Over the seeds that have a number: a class may occur in some seed's answers only."""
    values = np.stack(of_seeds)
    has = ~np.isnan(values)
    total, n = np.where(has, values, 0).sum(0), has.sum(0)
    return np.divide(total, n, out=np.full(len(total), np.nan), where=n > 0)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def provenance(dataset: str, models: Mapping[str, Model]) -> dict[str, Any]:
    """Split, segmenter and class vectors, seeds, settings, package versions."""
    folder = paths.prepared(dataset)
    origin = json.loads((folder / "card.json").read_text(encoding="utf-8"))["provenance"]
    vectors = origin["settings"]["class_vectors"]
    seeds = answering.rows(dataset)
    return {
        "dataset": dataset,
        "split": {**origin["split"], "name": origin.get("generator", origin["split"]["name"])},
        "class_vectors": {
            "name": vectors if isinstance(vectors, str) else vectors["by"],
            "sha256": sha256(folder / "problem" / "class_vectors.npy"),
        },
        "features": _segmenter(segmentation.segmenter(dataset)),
        "seeds": sorted({seed for row in models for seed in seeds[row]}),
        "setting": dict.fromkeys(models, "inductive"),
        "settings": {name: model.cfg.model_dump(mode="json") for name, model in models.items()},
        "packages": {name: version(name) for name in PACKAGES},
    }


def _segmenter(folder: Path) -> dict[str, Any]:
    if not (folder / ABOUT).exists():
        return {}
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    name = f"Mask2Former, {about['network']['backbone']['kind']}"
    return {"name": name, "sha256": sha256(folder / WEIGHTS), "network": about["network"]}


if __name__ == "__main__":
    enter(main)
