"""What the stages of Bi-VAEGAN write beside models and scores."""

import csv
import json
from pathlib import Path

import pytest

from benchmarks.study import settings
from stages import bivaegan
from zslcore.data.oracle import Oracle
from zslcore.runtime.params_file import read_yaml, resolve

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def section():
    tree = read_yaml(ROOT / "params.yaml")
    return resolve(tree["bivaegan"], "shapes", tree["dataset"])


def given(section, changes):
    cfg = settings(section, changes)
    return bivaegan.Given("shapes", "test", cfg, (0, 1), None, Oracle())


def test_curves_are_mean_least_and_most_of_the_seeds(tmp_path):
    records = [
        {"phase": "inductive", "epoch": epoch, "seed": seed, "kl": epoch + seed, "agreement": 0.5}
        for epoch in (1, 2)
        for seed in (0, 1, 5)
    ]
    log = tmp_path / "inductive.jsonl"
    log.write_text("".join(json.dumps(record) + "\n" for record in records))
    bivaegan.write_curves(log)
    with log.with_suffix(".csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["epoch"], line["term"]) for line in lines] == [
        ("1", "agreement"),
        ("1", "kl"),
        ("2", "agreement"),
        ("2", "kl"),
    ]
    assert [float(lines[1][key]) for key in ("mean", "low", "high")] == [3.0, 1.0, 6.0]


def test_without_an_epoch_the_curves_are_a_header(tmp_path):
    log = tmp_path / "inductive.jsonl"
    log.write_text("")
    bivaegan.write_curves(log)
    assert log.with_suffix(".csv").read_text() == "epoch,term,mean,low,high\n"


@pytest.mark.parametrize(
    ("changes", "transductive", "said"),
    [
        ({}, True, "transductive"),
        ({}, False, "inductive"),
        ({"prior.estimator": "oracle"}, True, "transductive, known prior"),
        ({"prior.estimator": "oracle"}, False, "inductive"),
        ({"knowledge": "prototypes"}, True, "few-shot oracle, transductive"),
        ({"pretune.epochs": 3}, False, "transductive"),
        ({"pretune.epochs": 3, "pretune.reconstruction_weight": 0.0}, False, "inductive"),
    ],
)
def test_a_row_says_what_it_knew(section, changes, transductive, said):
    assert bivaegan.setting(given(section, changes), transductive) == said
