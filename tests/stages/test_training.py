"""What training stages write beside models and scores."""

import csv
import json

import pytest
import torch

from stages.training import logged, write_curves


def test_curves_are_mean_least_and_most_of_the_seeds(tmp_path):
    records = [
        {"phase": "inductive", "epoch": epoch, "seed": seed, "kl": epoch + seed, "agreement": 0.5}
        for epoch in (1, 2)
        for seed in (0, 1, 5)
    ]
    log = tmp_path / "inductive.jsonl"
    log.write_text("".join(json.dumps(record) + "\n" for record in records))
    write_curves(log)
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
    write_curves(log)
    assert log.with_suffix(".csv").read_text() == "epoch,term,mean,low,high\n"


def test_records_without_a_seed_are_in_no_curve(tmp_path):
    """Those of a network that all seeds share: its epochs and terms are others."""
    log = tmp_path / "inductive.jsonl"
    records = [
        {"phase": "pretune", "epoch": 1, "class_loss": 2.0, "held_out": 0.5},
        {"phase": "inductive", "epoch": 1, "seed": 0, "kl": 3.0},
    ]
    log.write_text("".join(json.dumps(record) + "\n" for record in records))
    write_curves(log)
    assert log.with_suffix(".csv").read_text() == "epoch,term,mean,low,high\n1,kl,3.0,3.0,3.0\n"


@pytest.fixture
def scratch_of(tmp_path, monkeypatch):
    """The name of the folder for checkpoints, of a stage that reads `data.txt`."""
    monkeypatch.chdir(tmp_path)
    log = tmp_path / "training" / "method" / "shapes-test" / "log.jsonl"
    for name in ("data.txt", "zslcore/nn/resume.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")

    def name(device="cpu"):
        with logged(log, torch.device(device), (0,), [tmp_path / "data.txt"]) as run:
            return run.scratch

    return name


@pytest.mark.parametrize("changed", ["data.txt", "zslcore/nn/resume.py"])
def test_checkpoints_are_not_taken_up_after_a_change(scratch_of, tmp_path, changed):
    before = scratch_of()
    assert scratch_of() == before
    (tmp_path / changed).write_text("changed")
    assert scratch_of() != before


def test_checkpoints_of_another_device_are_not_taken_up(scratch_of):
    assert scratch_of("cpu") != scratch_of("cuda")


def test_what_fails_in_the_end_leaves_the_checkpoints(tmp_path, monkeypatch):
    """Curves of records that are none, here."""
    monkeypatch.chdir(tmp_path)
    log = tmp_path / "training" / "method" / "shapes-test" / "log.jsonl"
    stage = logged(log, torch.device("cpu"), (0,), [])
    run = stage.__enter__()
    run.scratch.mkdir(parents=True)
    run.log({"seed": 0})
    with pytest.raises(KeyError, match="epoch"):
        stage.__exit__(None, None, None)
    assert run.scratch.exists()
