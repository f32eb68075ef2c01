"""The pipeline as its users meet it: run, looked at, run again."""

import json
import resource
import sys
from pathlib import Path

import pytest


def test_a_second_run_does_nothing_and_is_quick(project):
    assert "up to date" in project.dvc("status")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert project.stages_run_by("repro") == set()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # processor time: the clock on the wall depends on who else is at work
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3


def test_git_is_clean_after_a_run(project):
    assert project.run("git", "status", "--porcelain") == ""


def test_the_same_run_gives_the_same_bytes(restored):
    made = ("prepared", "features", "tuned", "models", "scores", "priors", "training")
    made = (*(f"data/{name}" for name in made), "metrics")
    before = {folder: restored.bytes_below(folder) for folder in made}
    baselines = [name for name in before["data/scores"] if "/baselines/" in name]
    assert len(baselines) == 2 * (3 + 1)  # two phases; three rows and their list
    # with all that these need, and without the methods that are left out
    ends = ("evaluate@baselines-awa1", "evaluate@bivaegan-awa1")
    restored.dvc("repro", "-q", "--force", "--no-run-cache", *ends)
    assert {folder: restored.bytes_below(folder) for folder in made} == before


def test_a_method_without_its_input_is_left_out_and_said_to_be(project):
    """The small AwA1 brings pooled features; others need region maps, captions or images."""
    for method in ("clarel", "dedn", "spaen"):
        assert json.loads((project.root / f"metrics/{method}/awa1.json").read_text()) == {}
        assert f"| `{method}` | n/a |" in (project.root / "reports/README.md").read_text()


def test_a_value_for_one_dataset_changes_that_datasets_settings_only(restored):
    """So DVC, which compares bytes, re-runs that dataset's stages only."""
    restored.set("datasets=[awa1,cub]")
    restored.run(sys.executable, "-m", "stages.configure")
    before = restored.bytes_below("data/configs")
    restored.set("baselines.eszsl.lam={default:0.1,awa1:3}")
    restored.run(sys.executable, "-m", "stages.configure")
    after = restored.bytes_below("data/configs")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {f"data/configs/awa1/{s}.json" for s in ("baselines", "tune_baselines")}


def test_a_method_that_is_not_listed_is_not_to_be_trained(restored):
    def listed():
        files = {
            name: json.loads(text) for name, text in restored.bytes_below("data/configs").items()
        }
        return {name: about["listed"] for name, about in files.items() if "listed" in about}

    assert all(listed().values())
    restored.set("methods=[baselines,dedn]")
    restored.run(sys.executable, "-m", "stages.configure")
    trained = {Path(name).stem for name, is_listed in listed().items() if is_listed}
    assert trained == {"attribute_clusters", "dedn"}


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("+baselines.eszl.gamma=1", "baselines.eszl: unknown key; did you mean eszsl?"),
        ("baselines.eszsl.gamma=wide", "baselines.eszsl.gamma"),
        ("baselines.eszsl.gamma=-1", "greater than 0, got -1"),
        ("datasets=[cubb]", "datasets: unknown name 'cubb'; did you mean cub?"),
        ("methods=[baseline]", "methods: unknown name 'baseline'; did you mean baselines?"),
        ("+baselines.normalize={default:l2,cubb:l2}", "baselines.normalize.cubb: no such dataset"),
    ],
)
def test_a_mistake_in_the_settings_stops_everything_before_any_work(restored, override, said):
    restored.set(override)
    output = restored.dvc("repro", check=False)
    assert said in output
    assert "exited with 2" in output
    assert output.count("Running stage") == 1


def test_a_missing_file_is_named_and_nothing_is_lost(restored):
    raw = restored.root / "data" / "raw" / "awa1"
    before = restored.bytes_below("data/scores")
    (raw / "small.mat").rename(raw / "elsewhere.mat")
    output = restored.dvc("repro", check=False)
    (raw / "elsewhere.mat").rename(raw / "small.mat")
    assert "data/raw/awa1 has no small.mat" in output
    assert restored.bytes_below("data/scores") == before


def test_the_plots_hold_every_method(project):
    project.dvc("plots", "show", "-q", "-o", "dvc_plots")
    page = (project.root / "dvc_plots" / "index.html").read_text()
    assert all(name in page for name in ("eszsl", "devise", "conse"))
