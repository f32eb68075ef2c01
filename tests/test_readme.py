"""The README shows the numbers that the pipeline made."""

import re
from pathlib import Path

import pytest

from zslcore.methods.baselines.config import NAMES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
RESULTS = {"shapes": "reports", "awa1": "benchmarks/results/awa1"}


def section(page, heading):
    """What stands below a heading, up to the next one of its level or above."""
    start = re.search(rf"^(#+) {heading}$", page, flags=re.MULTILINE)
    rest = page[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, flags=re.MULTILINE)
    return rest[: end.start()] if end else rest


def results(page, dataset):
    """The lines of the tables of accuracies: one for every setting."""
    tables = re.findall(r"(?:^\|.*\n)+", section(page, dataset), flags=re.MULTILINE)
    return [table.splitlines() for table in tables if table.startswith("| method | T1")]


@pytest.mark.parametrize("dataset", RESULTS)
def test_the_tables_are_those_of_the_reports_without_the_oracle(dataset):
    report = results((ROOT / RESULTS[dataset] / "README.md").read_text(), dataset)
    expected = [[line.rsplit("|", 2)[0] + "|" for line in table] for table in report]
    assert results(README, dataset) == expected


def test_the_tables_of_scenes_are_those_of_the_report():
    pages = (README, (ROOT / "reports" / "README.md").read_text())
    shown, made = (
        re.findall(r"^\|.*$", section(page, "scenes"), flags=re.MULTILINE) for page in pages
    )
    assert len(shown) > 6
    assert shown == made[: len(shown)]


def test_every_baseline_is_listed():
    assert set(re.findall(r"`(\w+)`", section(README, "Methods"))) >= set(NAMES)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / page).read_text()):
        assert (ROOT / target).exists(), target
