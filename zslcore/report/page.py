"""The page `reports/README.md`, assembled from tables and links to figures."""

from collections.abc import Mapping, Sequence

from pandas import DataFrame

from zslcore.report import tables
from zslcore.report.collect import Results
from zslcore.report.text import markdown

INTRODUCTION = """\
# Results

Accuracies in percent, averaged over classes. Nothing here was chosen on a test label: settings and
handicap come from classes and images held out of training, and the test images were scored once.

- **T1**: images of unseen classes, answered among the unseen classes.
- **U**, **S**: images of unseen and of seen classes, answered among all classes; **H** is their
  harmonic mean. The scores of seen classes carry a handicap, chosen on the validation phase
  (calibrated stacking); *uncalibrated* is without it.
- **AUSUC**: area under the seen-unseen curve, that is, over all handicaps.
- **oracle H**: the best handicap for the test images themselves. Not a valid result; it shows what
  choosing on test would have gained.
- **±**: half width of the 95 % interval over seeds. Without it a row is deterministic or has one
  seed; that is not certainty, so see **95 % over images**: a bootstrap over the test images at the
  fixed handicap.
- ***ceiling***: a classifier trained on real labelled features of the unseen classes. Not
  zero-shot: what the features allow.
- **n/a**: not evaluated.

Every number is in [results.csv](results.csv).
"""


def page(results: Results, published: DataFrame, figures: Mapping[str, Sequence[str]]) -> str:
    """The whole page as Markdown.

    Args:
        results: our numbers.
        published: those of others, as `published()` gives them.
        figures: names of the files to show, per dataset.
    """
    sections = [INTRODUCTION]
    for dataset in results.datasets:
        sections += _dataset(results, dataset, figures.get(dataset, ()))
    sections += _published(tables.comparison(results, published))
    sections += ["## Where the numbers come from\n", markdown(tables.provenance(results))]
    sections += [f"Computed with {versions}.\n" for versions in tables.packages(results)]
    return "\n".join(sections)


def _dataset(results: Results, dataset: str, figures: Sequence[str]) -> list[str]:
    sections = [f"## {dataset}\n"]
    for protocol, table in tables.accuracies(results, dataset).items():
        sections += [f"Protocol: {protocol}.\n", markdown(table)]
    others = tables.others(results, dataset)
    if len(others):
        sections += ["Further metrics, as they are.\n", markdown(others)]
    return sections + [f"![{name.removesuffix('.svg')}]({name})\n" for name in figures]


def _published(comparison: DataFrame) -> list[str]:
    sections = ["## Beside published numbers\n"]
    if comparison.empty:
        return [*sections, "None is known for these datasets and methods.\n"]
    same = comparison["same protocol?"] == "yes"
    for title, table in (
        ("### Same protocol\n", comparison[same]),
        ("### Another protocol: for orientation, the difference says little\n", comparison[~same]),
    ):
        if len(table):
            sections += [title, markdown(table)]
    return sections
