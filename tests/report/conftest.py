"""Cells as `evaluate` writes them, small enough to work out by hand."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from zslcore.report.collect import collect

PROVENANCE = {
    "dataset": "awa1",
    "split": {"name": "proposed-v1", "sha256": "aa" * 32},
    "features": {"name": "res101", "sha256": "bb" * 32},
    "class_vectors": {"name": "att", "sha256": "cc" * 32},
    "fold": 1,
    "seeds": [0, 1],
    "packages": {"torch": "2.0", "numpy": "1.0"},
    "settings": {},
}
Write = Callable[..., None]
SEVERAL = ("baselines",)  # methods whose keys have a row's name in front


@pytest.fixture
def provenance() -> dict[str, Any]:
    """What the cells say they were computed from."""
    return dict(PROVENANCE)


@pytest.fixture
def write_cell(tmp_path: Path) -> Write:
    """Writes one cell below `tmp_path`: metrics, and whatever else is given.

    `settings` are those of its rows; unless given, all rows of the metrics are inductive.
    """

    def write(
        method: str,
        dataset: str,
        metrics: Mapping[str, float],
        val: Mapping[str, float] | None = None,
        provenance: Mapping[str, Any] | None = PROVENANCE,
        settings: Mapping[str, str] | None = None,
        **tables: str,
    ) -> None:
        folder = tmp_path / "metrics" / method
        evaluation = tmp_path / "evaluation" / method / dataset
        folder.mkdir(parents=True, exist_ok=True)
        evaluation.mkdir(parents=True, exist_ok=True)
        (folder / f"{dataset}.json").write_text(json.dumps(metrics))
        if val is not None:
            (folder / f"{dataset}.val.json").write_text(json.dumps(val))
        if settings is None:
            rows = {key.split(".")[0] for key in metrics} if method in SEVERAL else {method}
            settings = dict.fromkeys(rows, "inductive")
        if provenance is not None:
            about = {"setting": settings, **provenance}
            (evaluation / "provenance.json").write_text(json.dumps(about))
        for name, text in tables.items():
            (evaluation / f"{name}.csv").write_text(text)

    return write


@pytest.fixture
def write_ceiling(tmp_path: Path) -> Callable[[float], None]:
    """Writes the ceiling of awa1."""

    def write(value: float) -> None:
        path = tmp_path / "metrics" / "ceiling" / "awa1.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"ceiling.zsl.acc": value}))

    return write


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Any]:
    """Collects the cells written below `tmp_path`."""

    def collected(methods: list[str], datasets: tuple[str, ...] = ("awa1",)) -> Any:
        return collect(datasets, methods, tmp_path / "metrics", tmp_path / "evaluation")

    return collected
