"""The README shows the numbers that the pipeline made."""

import re
from pathlib import Path

import pytest

from zslcore.methods.baselines.config import NAMES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
RESULTS = {"shapes": "reports", "awa1": "benchmarks/results/awa1"}


def table(page, dataset):
    """The lines of the first table below a dataset's heading."""
    section = re.split(rf"^#+ {dataset}$", page, flags=re.MULTILINE)[1]
    return re.search(r"(\|.*\n)+", section)[0].splitlines()


@pytest.mark.parametrize("dataset", RESULTS)
def test_the_tables_are_those_of_the_reports_without_the_oracle(dataset):
    report = table((ROOT / RESULTS[dataset] / "README.md").read_text(), dataset)
    expected = [line.rsplit("|", 2)[0] + "|" for line in report]
    assert table(README, dataset) == expected


def test_every_baseline_is_listed():
    section = README.split("## Methods")[1].split("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", section)) >= set(NAMES)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / page).read_text()):
        assert (ROOT / target).exists(), target
