"""What a row of Bi-VAEGAN says of itself, and what its checkpoints depend on."""

from contextlib import contextmanager
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


@pytest.mark.parametrize("step", ["inductive", "transductive"])
def test_checkpoints_depend_on_everything_that_decides_the_outcome(section, monkeypatch, step):
    """Data of the cell, and every folder of ours with code that draws or computes."""
    read = []

    @contextmanager
    def logged(log, place, seeds, reads):
        read.extend(path.as_posix() for path in reads)
        yield

    monkeypatch.setattr(bivaegan, "logged", logged)
    with given(section, {}).run(step):
        pass
    made = {
        "data/models/bivaegan_inductive/shapes-test",
        "data/priors/bivaegan/shapes-test.npy",
    }
    assert set(read) == {
        "data/configs/shapes/bivaegan.json",
        "data/features/shapes",
        "data/prepared/shapes/test/problem",
        "data/oracle/bivaegan/shapes-test",
        "zslcore/methods/bivaegan",
        "zslcore/priors",
        "zslcore/data/oracle.py",
        *(made if step == "transductive" else ()),
    }
    assert all((ROOT / path).exists() for path in read if path.startswith("zslcore"))
