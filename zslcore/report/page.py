"""The page `reports/README.md`, assembled from tables and links to figures."""

from collections.abc import Mapping, Sequence

from pandas import DataFrame

from zslcore.report import drawn, tables
from zslcore.report.collect import Results
from zslcore.report.comparison import comparison
from zslcore.report.settings import headings
from zslcore.report.text import markdown

INTRODUCTION = """\
# Results

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
    "-prior.svg": "The true shares were counted after training, from test labels.",
    "-training.svg": "Drawn after training, from test labels; nothing was chosen on it.",
}


def page(
    results: Results,
    published: DataFrame,
    figures: Mapping[str, Sequence[str]],
    studies: Mapping[str, Sequence[str]],
    segmented: Sequence[str] = (),
) -> str:
    """The whole page as Markdown.

    Args:
        results: our numbers.
        published: those of others, as `published()` gives them.
        figures: names of the files to show, per dataset.
        studies: what ends the section of a dataset.
        segmented: sections of datasets of segmentation.
    """
    sections = [INTRODUCTION]
    for dataset in results.datasets:
        sections += _dataset(results, dataset, figures.get(dataset, ()))
        sections += studies.get(dataset, ())
    sections += segmented
    sections += _published(comparison(results, published))
    sections += ["## Where the numbers come from\n", markdown(tables.provenance(results))]
    sections += [f"Computed with {versions}.\n" for versions in tables.packages(results)]
    return "\n".join(sections)


def _dataset(results: Results, dataset: str, figures: Sequence[str]) -> list[str]:
    sections = [f"## {dataset}\n"]
    by_setting = tables.accuracies(results, dataset)
    for setting, heading in headings(by_setting).items():
        sections += [f"### {heading}\n"] if heading else []
        for protocol, table in by_setting[setting].items():
            sections += [f"Protocol: {protocol}.\n", markdown(table)]
    others = tables.others(results, dataset)
    if len(others):
        sections += ["Further metrics, as they are.\n", markdown(others)]
    for name in figures:
        sections.append(f"![{name.removesuffix('.svg')}]({name})\n")
        sections += [f"*{said}*\n" for end, said in CAPTIONS.items() if name.endswith(end)]
    for method in results.methods:
        for name, found in results.drawn.get((dataset, method), {}).items():
            sections += drawn.section(drawn.file_name(dataset, method, name), found)
    return sections


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
