"""Sweeps in a queue, and results shared through a remote, as the README has them."""

import contextlib
import json
import os
import signal
import time

import pytest

from tests.stages.conftest import Project

VALUES = ["0.01", "0.1", "10"]
LONGEST = 300.0  # seconds


@pytest.fixture(scope="module")
def tracked(project):
    """The project, its raw files known to DVC: experiments elsewhere see nothing else of them."""
    raw = sorted((project.root / "data" / "raw" / "awa1").glob("*.*t"))
    project.dvc("add", "-q", *(str(path.relative_to(project.root)) for path in raw))
    project.dvc("repro", "-q")
    project.commit("raw files, tracked")
    return project


def experiments(project):
    """What DVC shows of every experiment: lambda of ESZSL, and whether it failed."""
    shown = json.loads(project.dvc("exp", "show", "--json"))
    found = {}
    for baseline in shown:
        for experiment in baseline["experiments"] or ():
            for each in experiment["revs"]:
                data = each["data"] or {}
                eszsl = data.get("params", {}).get("params.yaml", {}).get("data", {}) or {}
                metrics = data.get("metrics", {}).get("metrics/baselines/awa1.json", {})
                lam = eszsl.get("baselines", {}).get("eszsl", {}).get("lam")
                found[str(lam)] = (metrics or {}).get("data", {}).get("eszsl.zsl.acc")
    return found


@pytest.fixture
def workers(tracked):
    """DVC's workers end by themselves, but at times one does not hear that it should."""
    yield
    for path in (tracked.root / ".dvc" / "tmp" / "exps" / "celery").glob("*.json"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(json.loads(path.read_text())["pid"], signal.SIGKILL)


@pytest.mark.usefixtures("workers")
def test_a_sweep_runs_in_the_queue_and_leaves_the_working_copy_alone(tracked):
    sweep = f"baselines.eszsl.lam={','.join(VALUES)}"
    assert tracked.dvc("exp", "run", "--queue", "-S", sweep).count("Queued experiment") == 3
    tracked.dvc("queue", "start", "-j", "2")
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        status = tracked.dvc("queue", "status")
        if "Queued" not in status and "Running" not in status:
            break
        time.sleep(1)
    assert status.count("Success") == 3, status
    assert tracked.run("git", "status", "--porcelain") == ""
    found = experiments(tracked)
    assert found.keys() >= set(VALUES)
    assert all(0 < found[value] <= 1 for value in VALUES)


def test_an_experiment_runs_beside_the_working_copy(tracked):
    tracked.dvc("exp", "run", "--temp", "-q", "-S", "baselines.eszsl.lam=100")
    assert tracked.run("git", "status", "--porcelain") == ""
    assert 0 < experiments(tracked)["100"] <= 1


def test_what_was_computed_here_need_not_be_computed_there(tracked, tmp_path):
    tracked.dvc("remote", "add", "-q", "-d", "store", str(tmp_path / "store"))
    tracked.commit("a remote")
    tracked.dvc("push", "-q")
    there = Project(tmp_path / "there")
    tracked.run("git", "clone", "-q", tracked.root, there.root)
    there.dvc("pull", "-q")
    assert there.stages_run_by("repro") == set()
    assert there.bytes_below("data/models") == tracked.bytes_below("data/models")
