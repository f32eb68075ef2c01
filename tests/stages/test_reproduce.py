"""Stages run after what they need, as many at a time as asked; a failure loses nothing."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from stages.reproduce import Stage, ahead, in_order, pipeline

ROOT = Path(__file__).parents[2]
DIAMOND = {
    **{"d": Stage({"b", "c"}), "b": Stage({"a"}), "c": Stage({"a"})},
    **{"a": Stage(set()), "e": Stage({"d"}, heavy=True)},
}


class Recorded:
    """Runs nothing, and keeps what was asked; some stages fail."""

    def __init__(self, failing=(), takes=0.0):
        self.failing, self.takes = failing, takes
        self.begun, self.ended, self.now, self.most = [], [], 0, 0
        self.lock = threading.Lock()

    def __call__(self, stage):
        with self.lock:
            self.begun.append((stage, set(self.ended)))
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.takes)
        with self.lock:
            self.now -= 1
            self.ended.append(stage)
        return stage not in self.failing


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_a_stage_begins_when_all_that_it_needs_has_ended(jobs):
    run = Recorded(takes=0.01)
    assert in_order(DIAMOND, jobs, run) == []
    assert sorted(run.ended) == sorted(DIAMOND)
    for stage, ended in run.begun:
        assert DIAMOND[stage].needs <= ended
    assert run.most == min(jobs, 2)


def test_what_most_work_waits_for_begins_first():
    assert ahead(DIAMOND) == {"e": 10, "d": 11, "b": 12, "c": 12, "a": 13}
    alone = {name: Stage(set(), heavy=name == "y") for name in "xyz"}
    run = Recorded()
    assert in_order({**alone, "end": Stage({"z"}, heavy=True)}, 1, run) == []
    assert run.ended == ["z", "y", "end", "x"]


def test_after_a_failure_nothing_is_begun():
    run = Recorded(failing={"b"})
    assert in_order(DIAMOND, 1, run) == ["b"]
    assert run.ended == ["a", "b"]


def test_what_runs_beside_a_failure_comes_to_its_end():
    run = Recorded(failing={"b", "c"}, takes=0.05)
    assert sorted(in_order(DIAMOND, 2, run)) == ["b", "c"]
    assert sorted(run.ended) == ["a", "b", "c"]


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Three stages that copy files, in a repository of their own."""
    (tmp_path / "begin").write_text("a")
    stages = "".join(
        f"  {new}:\n    cmd: {lead}cp {old} {new}\n    deps: [{old}]\n    outs: [{new}]\n"
        for old, new, lead in (
            *(("begin", "one", ""), ("begin", "two", "$ZSL_RUN ")),
            ("one", "three", ""),
        )
    )
    (tmp_path / "dvc.yaml").write_text(f"stages:\n{stages}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], check=True)
    return tmp_path


def reproduced():
    return subprocess.run(
        [sys.executable, "-m", "stages.reproduce"], capture_output=True, text=True, check=False
    )


# it is DVC's own use of pygtrie
@pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning")
def test_it_does_what_dvc_repro_does_and_only_once(small):
    assert pipeline() == {"one": Stage(set()), "two": Stage(set(), True), "three": Stage({"one"})}
    first = reproduced()
    assert (first.returncode, first.stderr) == (0, "")
    assert {line.split()[-1] for line in first.stdout.splitlines()} == {"one", "two", "three"}
    assert (small / "three").read_text() == "a"
    said = subprocess.run(
        [sys.executable, "-m", "dvc", "status"], capture_output=True, text=True, check=True
    )
    assert "up to date" in said.stdout
    assert reproduced().stdout == ""


def test_a_failure_is_shown_with_where_all_of_it_is(small):
    (small / "begin").unlink()
    failed = reproduced()
    assert failed.returncode == 1
    assert "one failed; all that it said is in scratch/reproduce/one.log" in failed.stderr
    assert "begin" in failed.stderr
    assert not (small / "three").exists()
