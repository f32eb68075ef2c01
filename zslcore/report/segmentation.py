"""Zero-shot segmentation in the report: our rows, and those of He et al. 2023 (PADing)."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from zslcore.report.blocks import Block, Grid, Heading, Prose
from zslcore.report.collect import Results
from zslcore.report.page import pictures
from zslcore.report.protocol import describe
from zslcore.report.text import NOT_AVAILABLE, percent, records

ROWS: Mapping[str, str] = {  # in the order of the paper's tables
    "supervised": "supervised",
    "projection": "projection",
    "gmmn": "GMMN",
    "primitives": "primitives (P)",
    "aligned": "P and alignment (A)",
    "pading": "PADing",
}
GROUPS: Mapping[str, str] = {"seen": "S", "unseen": "U", "hm": "H"}
TABLES: Sequence[Mapping[str, str]] = (
    {"PQ": "panoptic.pq", "SQ": "panoptic.sq", "RQ": "panoptic.rq"},
    {"AP50 masks": "instance.ap50", "AP50 boxes": "box.ap50", "mIoU": "semantic.miou"},
)
"""Columns of each table; every one stands for a seen, an unseen and a harmonic mean."""
FOUND = "panoptic.found.unseen"
ABSENT: Mapping[str, str] = {
    "panoptic": "panoptic quality",
    "instance": "AP",
    "semantic": "mIoU",
}
PUBLISHED_SPLIT = "panoptic_119_14"

INTRODUCTION = """\
Zero-shot segmentation, in percent. **S** and **U** are means over the seen and the unseen classes
that occur, **H** is the harmonic mean of these two means; **±** is the half width of the 95 %
interval over seeds. **PQ**, **SQ** and **RQ** are panoptic, segmentation and recognition quality;
**AP50** is average precision at IoU 0.5 of instances' masks and of their boxes. An unseen class of
which no segment was found counts as 0 in SQ, so that SQ moves with the number of those found. All
rows have one segmenter, trained on seen classes; no handicap is given to any class.
"""


def published() -> DataFrame:
    """Tables 1 and 2 of the paper: row, metric (named as ours), value in [0, 1], table."""
    return pd.read_csv(Path(__file__).with_name("published_segmentation.csv"))


def sections(results: Results, studies: Mapping[str, Sequence[Block]]) -> list[Block]:
    """What the page has of all datasets of segmentation; nothing if there is none.

    Args:
        results: of these datasets and methods, as `collect` gives them.
        studies: what ends the section of a dataset.
    """
    if not results.datasets:
        return []
    blocks: list[Block] = [Heading(2, "Zero-shot segmentation"), Prose(INTRODUCTION)]
    for dataset in results.datasets:
        blocks += [*_dataset(results, dataset), *studies.get(dataset, ())]
    return [*blocks, *_published(results)]


def _dataset(results: Results, dataset: str) -> Iterator[Block]:
    """Tables and pictures."""
    yield Heading(3, dataset)
    ours = results.metrics[results.metrics["dataset"] == dataset].dropna(subset="value")
    if ours.empty:
        yield Prose("Not evaluated.")
        return
    for method in results.methods:
        about = results.provenance.get((dataset, method))
        yield from [Prose(f"Protocol: {describe(about)}.")] if about else []
    yield from (Grid("", table) for table in tables(ours))
    yield from (Prose(said) for said in left_out(ours))
    yield from pictures(results, dataset, level=4)


def tables(numbers: DataFrame) -> list[DataFrame]:
    """A table for panoptic quality, one for the other tasks: those of which there are numbers.

    Args:
        numbers: lines of row, metric, value and, where known, ci95.
    """
    held = {
        (line["row"], line["metric"]): (line["value"], line.get("ci95", float("nan")))
        for line in records(numbers)
    }
    rows = [*(row for row in ROWS if row in set(numbers["row"]))]
    rows += [row for row in dict.fromkeys(numbers["row"]) if row not in ROWS]
    found = []
    for columns in TABLES:
        lines = [_line(row, columns, held) for row in rows]
        if any(set(line.values()) - {NOT_AVAILABLE, line["row"]} for line in lines):
            found.append(DataFrame(lines))
    return found


def _line(
    row: str, columns: Mapping[str, str], held: Mapping[tuple[str, str], tuple[float, float]]
) -> dict[str, str]:
    nothing = (float("nan"), float("nan"))
    line = {"row": ROWS.get(row, f"`{row}`")}
    for title, metric in columns.items():
        for group, letter in GROUPS.items():
            line[f"{title} {letter}"] = percent(*held.get((row, f"{metric}.{group}"), nothing))
    if "PQ" in columns and (row, FOUND) in held:
        line["unseen classes found"] = f"{held[row, FOUND][0]:.3g}"
    return line


def left_out(numbers: DataFrame) -> list[str]:
    """How many classes the means are without: what is not there is neither right nor wrong."""
    most = numbers.groupby("metric")["value"].max()  # over rows: an answer may have such a class
    said = []
    for task, words in ABSENT.items():
        counts = [most.get(f"{task}.absent.{group}", 0) for group in ("seen", "unseen")]
        if any(counts):
            seen, unseen = (f"{count:.3g}" for count in counts)
            said.append(
                f"Left out of {words}, as they do not occur: up to {seen} seen and {unseen} unseen "
                "classes."
            )
    return said


def _published(results: Results) -> list[Block]:
    """The paper's tables, and which of our datasets they compare with."""
    same = [
        dataset
        for (dataset, _), about in results.provenance.items()
        if about["split"]["name"] == PUBLISHED_SPLIT
    ]
    others = [dataset for dataset in results.datasets if dataset not in same]
    protocols = [f"the same split as {', '.join(same)}"] if same else []
    protocols += [f"another protocol than {', '.join(others)}, for orientation"] if others else []
    return [
        Heading(3, "Published numbers of segmentation"),
        Prose(
            "He et al. 2023 (PADing, arXiv:2306.11087), Tables 1 and 2: COCO 2017, 119 seen and "
            "14 unseen classes, ResNet-50, CLIP's class vectors; what the models were chosen on is "
            f"not stated. This is {'; '.join(protocols)}."
        ),
        *(Grid("", table) for table in tables(published())),
    ]
