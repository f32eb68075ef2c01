"""The pipeline as its users meet it: run, changed, run again, compared."""

import json
import resource
import sys

import pytest

BASELINES = {
    "tune_baselines@awa1",
    "train_baselines@awa1-val",
    "train_baselines@awa1-test",
    "calibrate@baselines-awa1",
    "evaluate@baselines-awa1",
}


@pytest.fixture
def restored(project):
    """The project, put back after the test as it was before."""
    yield project
    project.run("git", "checkout", "-q", "main")
    project.run("git", "checkout", "-q", ".")
    project.dvc("checkout", "-q", "--force")


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
    restored.dvc("repro", "-q", "--force", "--no-run-cache")
    assert {folder: restored.bytes_below(folder) for folder in made} == before


def test_images_go_the_whole_way(restored):
    """The generated benchmark: images, a backbone per phase, features, methods, ceiling."""
    restored.dvc("exp", "run", "-q", "-S", "datasets=[shapes]")
    recipes = [
        json.loads((restored.root / f"data/features/shapes/{phase}.json").read_text())["recipe"]
        for phase in ("val", "test")
    ]
    assert [recipe["finetuned"]["classes"] for recipe in recipes] == [32, 40]
    metrics = restored.root / "metrics"
    ceiling = json.loads((metrics / "ceiling" / "shapes.json").read_text())["ceiling.zsl.acc"]
    found = json.loads((metrics / "baselines" / "shapes.json").read_text())
    assert 0 < found["eszsl.zsl.acc"] < 1
    assert (
        f"| *ceiling* | {100 * ceiling:.1f} |" in (restored.root / "reports/README.md").read_text()
    )
    assert 0 <= json.loads((metrics / "dedn" / "shapes.json").read_text())["gzsl.h"] < 1
    found = json.loads((metrics / "clarel" / "shapes.json").read_text())
    assert 0 <= found["retrieval.text.r1"] <= found["retrieval.text.r5"] < 1
    assert (restored.root / "reports" / "shapes-dedn-attention.svg").stat().st_size > 10_000
    for name in ("reconstruction", "variances", "embedding"):
        assert (restored.root / f"reports/shapes-spaen-{name}.svg").stat().st_size > 10_000
    changes = ("datasets=[shapes]", "dedn.inference.lambda_e=0.1", "spaen.rank.margin=0.3")
    ran = restored.stages_run_by("exp", "run", *(f"-S{change}" for change in changes))
    assert ran - {"report", "configure"} == {
        *(f"{stage}@shapes-{p}" for stage in ("mix_dedn", "train_spaen") for p in ("val", "test")),
        *(f"{stage}@{m}-shapes" for stage in ("calibrate", "evaluate") for m in ("dedn", "spaen")),
        *(f"{stage}@shapes" for stage in ("draw_spaen", "reconstruct_spaen")),
    }


def test_a_method_without_its_input_is_left_out_and_said_to_be(project):
    """The small AwA1 brings pooled features; others need region maps, captions or images."""
    for method in ("clarel", "dedn", "spaen"):
        assert json.loads((project.root / f"metrics/{method}/awa1.json").read_text()) == {}
        assert f"| `{method}` | n/a |" in (project.root / "reports/README.md").read_text()


def test_a_baselines_hyperparameter_reruns_the_baselines_and_nothing_else(restored):
    ran = restored.stages_run_by("exp", "run", "-S", "baselines.eszsl.lam=10")
    assert ran - {"report"} == {"configure"} | BASELINES
    diff = json.loads(restored.dvc("metrics", "diff", "--json", "main"))
    changed = (
        {key for file in diff["metrics"].values() for key in file}
        if "metrics" in diff
        else {key for file in diff.values() for key in file}
    )
    assert changed
    assert all(key.startswith("eszsl.") for key in changed)


BIVAEGAN = {
    *(
        f"{stage}@awa1-{phase}"
        for stage in ("give_oracle", "train_bivaegan_inductive", "estimate_prior", "train_bivaegan")
        for phase in ("val", "test")
    ),
    "calibrate@bivaegan-awa1",
    "evaluate@bivaegan-awa1",
}


def test_a_hyperparameter_of_bivaegan_reruns_its_stages_and_nothing_else(restored):
    ran = restored.stages_run_by("exp", "run", "-S", "bivaegan.r=10")
    # what an oracle gives does not change, and neither does any file behind it
    assert ran - {"report"} == {"configure"} | BIVAEGAN


def test_a_method_that_is_not_listed_is_not_trained(restored):
    restored.dvc("exp", "run", "-q", "-S", "methods=[baselines]")
    assert restored.bytes_below("data/models/bivaegan") == {}
    assert "bivaegan" not in (restored.root / "reports/README.md").read_text()


def test_a_value_for_one_dataset_changes_that_datasets_settings_only(restored):
    """So DVC, which compares bytes, re-runs that dataset's stages only."""
    from dvc.utils.hydra import apply_overrides

    apply_overrides(restored.root / "params.yaml", ["datasets=[awa1,cub]"])
    restored.run(sys.executable, "-m", "stages.configure")
    before = restored.bytes_below("data/configs")
    apply_overrides(restored.root / "params.yaml", ["baselines.eszsl.lam={default:0.1,awa1:3}"])
    restored.run(sys.executable, "-m", "stages.configure")
    after = restored.bytes_below("data/configs")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {f"data/configs/awa1/{s}.json" for s in ("baselines", "tune_baselines")}


@pytest.mark.parametrize(
    ("file", "stages"),
    [
        ("zslcore/metrics/names.py", {"evaluate", "reconstruct_spaen", "report"}),
        ("zslcore/report/page.py", {"report"}),
    ],
)
def test_a_touched_file_reruns_what_imports_it(restored, file, stages):
    path = restored.root / file
    path.write_text(path.read_text() + "\n# touched\n")
    assert {name.split("@")[0] for name in restored.stages_run_by("repro")} == stages


def test_permuted_evaluation_labels_change_no_byte_of_any_model_or_score(restored, raw_writer):
    made = ("data/models", "data/scores", "data/tuned", "data/features", "data/priors")
    before = {folder: restored.bytes_below(folder) for folder in made}
    metrics = restored.bytes_below("metrics/baselines")
    raw_writer(restored.root / "data" / "raw" / "awa1", labels_seed=5)
    ran = restored.stages_run_by("repro")
    assert {"prepare@awa1", "evaluate@baselines-awa1"} <= ran
    assert {folder: restored.bytes_below(folder) for folder in made} == before
    assert restored.bytes_below("metrics/baselines") != metrics
    raw_writer(restored.root / "data" / "raw" / "awa1")


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
    from dvc.utils.hydra import apply_overrides

    apply_overrides(restored.root / "params.yaml", [override.removeprefix("+") and override])
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
