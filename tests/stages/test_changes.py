"""What runs again when something changes: data, settings, code."""

import json

import pytest

from tests.stages.conftest import AFTER

BASELINES = {
    "tune_baselines@awa1",
    "train_baselines@awa1-val",
    "train_baselines@awa1-test",
    *(f"{stage}@baselines-awa1" for stage in AFTER),
}


def test_a_baselines_hyperparameter_reruns_the_baselines_and_nothing_else(restored):
    ran = restored.stages_run_by("exp", "run", "-S", "baselines.eszsl.lam=10")
    assert ran - {"report"} == {"configure"} | BASELINES
    assert "eszsl.zsl.acc" in restored.dvc("metrics", "show")
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
    *(f"{stage}@bivaegan-awa1" for stage in AFTER),
}


def test_a_hyperparameter_of_bivaegan_reruns_its_stages_and_nothing_else(restored):
    ran = restored.stages_run_by("exp", "run", "-S", "bivaegan.r=10")
    # what an oracle gives does not change, and neither does any file behind it
    assert ran - {"report"} == {"configure"} | BIVAEGAN


@pytest.mark.parametrize(
    ("file", "stages"),
    [
        ("zslcore/metrics/names.py", {"draw_spaen", "evaluate", "reconstruct_spaen", "report"}),
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
