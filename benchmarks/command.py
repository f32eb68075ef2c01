"""The command line that the studies of all methods have."""

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.options import overrides
from stages.settings import of_dataset
from zslcore.runtime.params_file import read_yaml

RESULTS = Path(__file__).resolve().parent / "studies"

Study = Callable[[Any, Mapping[str, Any], Mapping[str, Any], Path], None]
"""A study: what it trains and measures on, params.yaml for the dataset, changes, result file."""


def parser(about: str | None, studies: Mapping[str, Any]) -> argparse.ArgumentParser:
    """Study, dataset, and how it is run.

    Args:
        about: the module's text; its first line is shown.
        studies: by name.
    """
    made = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    made.add_argument("study", choices=studies)
    made.add_argument("dataset")
    made.add_argument("--root", type=Path, default=Path(), help="where data/ and params.yaml are")
    made.add_argument("--seeds", type=int, default=5, help="so many of those in params.yaml")
    made.add_argument("-S", action="append", default=[], metavar="KEY=VALUE", dest="overrides")
    return made


def result(dataset: str, study: str) -> Path:
    """The file that a study fills."""
    return RESULTS / dataset / f"{study}.csv"


def main(
    about: str | None,
    studies: Mapping[str, Study],
    cell: Callable[[str, Mapping[str, Any], int], Any],
) -> None:
    """Run the study that the command line names.

    Args:
        about: as of `parser`.
        studies: by name.
        cell: of a dataset, params.yaml for it and a number of seeds, what studies are given.
    """
    given = parser(about, studies).parse_args()
    os.chdir(given.root)
    tree = of_dataset(read_yaml(Path("params.yaml")), given.dataset)
    at = cell(given.dataset, tree, given.seeds)
    out = result(given.dataset, given.study)
    studies[given.study](at, tree, overrides(given.overrides), out)
