"""The studies of Bi-VAEGAN on a dataset: results that are committed, as tables and figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from zslcore.report.text import NOT_AVAILABLE, markdown, percent, records

Study = Mapping[str, DataFrame]

SCORES = ("variant", "t1", "t1_ci95", "prior_tv", "prior_tv_ci95", "seeds")
EPOCHS = ("variant", "epoch", "zsl", "zsl_ci95")
FILES = {
    "priors": SCORES,
    "ablation": SCORES,
    "radius": SCORES,
    "knowledge": SCORES,
    "normalization-epochs": EPOCHS,
    "values": ("normalization", "kind", "low", "high", "density"),
    "per-class": ("variant", "class", "accuracy", "low", "high"),
    "tsne": ("space", "kind", "class", "x", "y"),
}
TABLES = {
    "priors": "The prior of the unseen classes, assumed, estimated or known:",
    "ablation": "Parts of the method, with a known prior; inductive ones know none:",
}

INTRODUCTION = """\
Variants of the method, trained by `python -m benchmarks.study STUDY {dataset}` and measured after
the last epoch; they are committed results and no part of `dvc repro`. Whatever has a known prior
is an upper bound and no zero-shot result.
"""
CAPTIONS = {
    "priors": "T1, and total variation from the final prior to the true frequencies.",
    "ablation": "T1 of parts of the method, with a known prior; inductive ones know none.",
    "radius": "T1 by the length r of the visual features, with a known prior.",
    "normalization": "Values of single features of unseen classes, real and synthesised, and T1 "
    "while training, with generator and critics alone and a known prior.",
    "knowledge": "T1 by what describes the classes, with and without the transductive regressor "
    "(TR), with a known prior. Prototypes are means of labelled images of the unseen classes too: "
    "a few-shot oracle, not zero-shot learning.",
    "augmentation": "Above, accuracy of the unseen classes, lines from the least to the most of a "
    "seed; below, features by t-SNE of the pair that is confused most and of large classes.",
}


def read(folder: Path) -> Study:
    """The tables of a dataset's folder by the names of their files; those that are there.

    Raises:
        ValueError: a file lacks a column; names both.
    """
    paths = {name: folder / f"{name}.csv" for name in FILES}
    return {name: _table(path, FILES[name]) for name, path in paths.items() if path.exists()}


def section(study: Study, dataset: str, figures: Sequence[str]) -> list[str]:
    """What the page has of a dataset's studies; nothing if there are none.

    Args:
        study: as `read` gives it.
        dataset: its name.
        figures: names of the files to show: <dataset>-study-<figure>.svg.
    """
    if not study:
        return []
    sections = [f"### Studies of Bi-VAEGAN on {dataset}\n", INTRODUCTION.format(dataset=dataset)]
    for name, above in TABLES.items():
        if name in study:
            sections += [f"{above}\n", markdown(_scores(study[name]))]
    for name in figures:
        stem = name.removesuffix(".svg")
        said = CAPTIONS[stem.removeprefix(f"{dataset}-study-")]
        sections += [f"![{stem}]({name})\n", f"*{said}*\n"]
    return sections


def _table(path: Path, columns: Sequence[str]) -> DataFrame:
    # a class may be called "null" or "007": only an empty field is a missing one
    names = dict.fromkeys(("variant", "class"), str)
    table = pd.read_csv(path, dtype=names, keep_default_na=False, na_values=[""])
    if missing := [column for column in columns if column not in table]:
        raise ValueError(
            f"{path}: no column {', '.join(missing)}; it has {', '.join(map(str, table))}"
        )
    return table[list(columns)]


def _scores(table: DataFrame) -> DataFrame:
    lines = [
        {
            "variant": line["variant"],
            "T1": percent(line["t1"], line["t1_ci95"]),
            "prior TV": percent(line["prior_tv"], line["prior_tv_ci95"]),
            "seeds": line["seeds"],
        }
        for line in records(table)
    ]
    return DataFrame(lines).replace({"prior TV": {NOT_AVAILABLE: ""}})  # there is no prior
