"""The page of the report, assembled from tables, figures and words."""

from collections.abc import Iterator, Mapping, Sequence

from pandas import DataFrame

from zslcore.report import drawn, tables
from zslcore.report.blocks import Block, Figure, Grid, Heading, Prose
from zslcore.report.collect import Results
from zslcore.report.comparison import comparison
from zslcore.report.drawn import Drawn
from zslcore.report.settings import headings

INTRODUCTION = """\
Accuracies in percent, averaged over classes. Nothing here was chosen on a test label: settings and
handicap come from classes and images held out of training, and test labels serve to measure, after
training. The exceptions say so: what is *not a valid result*, and settings that name an oracle or a
known prior.

- **Inductive** rows were trained on labelled images of seen classes and the class vectors.
  **Transductive** ones also had the test images of unseen classes, without labels; with a *known
  prior* they were told these classes' frequencies, as a *few-shot oracle* some of their labels.
  Rows of different settings are not ranked together.
- **T1**: images of unseen classes, answered among the unseen classes.
- **U**, **S**: images of unseen and of seen classes, answered among all classes; **H** is their
  harmonic mean. The scores of seen classes carry a handicap, chosen on the validation phase
  (calibrated stacking); *uncalibrated* is without it.
- **AUSUC**: area under the seen-unseen curve, that is, over all handicaps.
- **oracle H**: the best handicap for the test images themselves. Not a valid result; it shows what
  choosing on test would have gained.
- **T1 of the test-best epoch**: each seed at its best epoch on test, as some papers print it. Not a
  valid result.
- **prior TV**: total variation from the estimated class prior of the unseen classes to their true
  frequencies in the test images, in percent; *if uniform*: that of equal frequencies.
- **±**: half width of the 95 % interval over seeds. Without it a row is deterministic or has one
  seed; that is not certainty, so see **95 % over images**: a bootstrap over the test images at the
  fixed handicap.
- ***ceiling***: a classifier trained on real labelled features of the unseen classes. Not
  zero-shot: what the features allow.
- **n/a**: not evaluated; the dataset lacks what the method needs, such as region maps.

Every number is in [results.csv](results.csv).
"""

CAPTIONS = {
    "-curves.svg": "Seen against unseen accuracy of the first seed over all handicaps, and the "
    "area under it, AUSUC. The shade is the best that any row of the first setting reaches.",
    "-per-class.svg": "Accuracy of each unseen class, answered among all classes with the "
    "handicap, in the mean over seeds; the class that is the hardest over all rows is on the "
    "right.",
    "-h.svg": "Harmonic mean of seen and unseen accuracy; lines are 95 % over seeds and over "
    "images.",
    "-prior.svg": "Shares of the unseen classes in the test images, and what is estimated. The "
    "true shares were counted after training, from test labels.",
    "-training.svg": "T1 and the prior's total variation while models were trained. Drawn after "
    "training, from test labels; nothing was chosen on it.",
}


def page(
    results: Results,
    published: DataFrame,
    figures: Mapping[str, Mapping[str, bytes]],
    studies: Mapping[str, Sequence[Block]],
    segmented: Sequence[Block] = (),
) -> list[Block]:
    """The whole page.

    Args:
        results: our numbers.
        published: those of others, as `published()` gives them.
        figures: SVG by the names of their files, per dataset.
        studies: what ends the section of a dataset.
        segmented: sections of datasets of segmentation.
    """
    blocks: list[Block] = [Heading(1, "Results"), Prose(INTRODUCTION)]
    for dataset in results.datasets:
        blocks += _dataset(results, dataset, figures.get(dataset, {}))
        blocks += studies.get(dataset, ())
    blocks += segmented
    blocks += _published(comparison(results, published))
    blocks += [Heading(2, "Where the numbers come from"), Grid("", tables.provenance(results))]
    blocks += [Prose(f"Computed with {versions}.") for versions in tables.packages(results)]
    return blocks


def pictures(results: Results, dataset: str, level: int) -> Iterator[Block]:
    """What stages drew of a dataset, each with a heading.

    Args:
        results: what there is.
        dataset: which.
        level: of the headings.
    """
    for method in results.methods:
        for name, found in results.drawn.get((dataset, method), {}).items():
            yield Heading(level, f"{method}: {name}")
            yield Figure(drawn.file_name(dataset, method, name), found)


def _dataset(results: Results, dataset: str, figures: Mapping[str, bytes]) -> Iterator[Block]:
    yield Heading(2, dataset)
    by_setting = tables.accuracies(results, dataset)
    for setting, heading in headings(by_setting).items():
        yield from [Heading(3, heading)] if heading else []
        for protocol, table in by_setting[setting].items():
            yield Grid(f"Protocol: {protocol}.", table)
    others = tables.others(results, dataset)
    if len(others):
        yield from (Heading(3, "Further metrics"), Grid("As they are, not in percent.", others))
    if figures:
        yield Heading(3, "Figures")
    for name, picture in figures.items():
        caption = CAPTIONS[name.removeprefix(dataset)]
        yield Figure(name, Drawn(picture, caption))
    yield from pictures(results, dataset, level=3)


def _published(comparison: DataFrame) -> Iterator[Block]:
    yield Heading(2, "Beside published numbers")
    if comparison.empty:
        yield Prose("None is known for these datasets and methods.")
        return
    same = comparison["same protocol?"] == "yes"
    for title, table in (
        ("Same protocol", comparison[same]),
        ("Another protocol: for orientation, the difference says little", comparison[~same]),
    ):
        if len(table):
            yield from (Heading(3, title), Grid("", table))
