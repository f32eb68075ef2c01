"""The report on disk."""

from pathlib import Path

from pandas import DataFrame

from zslcore.report.collect import Results
from zslcore.report.page import page


def write(results: Results, published: DataFrame, out: Path) -> None:
    """Write README.md, results.csv and the figures of every dataset into `out`.

    The same numbers give the same bytes.
    """
    from zslcore.report.figures import draw  # matplotlib: not before there is something to draw

    out.mkdir(parents=True, exist_ok=True)
    figures = {dataset: draw(results, dataset) for dataset in results.datasets}
    for drawn in figures.values():
        for name, content in drawn.items():
            _put(out / name, content)
    table = results.metrics.to_csv(index=False, na_rep="n/a", lineterminator="\n")
    _put(out / "results.csv", table.encode())
    names = {dataset: list(drawn) for dataset, drawn in figures.items()}
    _put(out / "README.md", page(results, published, names).encode())


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")  # a half-written file never has the right name
    beside.write_bytes(content)
    beside.replace(path)
