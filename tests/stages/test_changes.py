"""What runs again when something changes: data, settings, code."""

import json

import pytest

BASELINES = {
    "tune_baselines@awa1",
    "train_baselines@awa1-val",
    "train_baselines@awa1-test",
    "calibrate@baselines-awa1",
    "evaluate@baselines-awa1",
}


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


def test_scenes_go_the_whole_way_and_unlisted_methods_are_not_trained(restored):
    """Generated scenes: a segmenter of seen classes, generators, metrics, pictures."""
    scenes = ("exp", "run", "-S", "segmentation_datasets=[scenes]", "-S", "methods=[baselines]")
    restored.dvc(*scenes, "-q")
    found = json.loads((restored.root / "metrics/pading/scenes.json").read_text())
    assert found["supervised.panoptic.pq.unseen"] == 0
    assert 0 <= found["panoptic.pq.hm"] <= 1
    assert restored.bytes_below("data/models/bivaegan") == {}
    page = (restored.root / "reports/README.md").read_text()
    assert "bivaegan" not in page
    assert "## Zero-shot segmentation" in page
    # embeddings are not drawn: a segmenter of three steps finds no segment
    assert (restored.root / "reports/scenes-pading-segmentation.svg").stat().st_size > 10_000
    ran = restored.stages_run_by(*scenes, "-S", "pading.lam=0.5")
    of_scenes = ("train_pading", "evaluate_segmentation", "draw_segmentation")
    assert ran - {"report", "configure"} == {f"{stage}@scenes" for stage in of_scenes}


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
    "calibrate@bivaegan-awa1",
    "evaluate@bivaegan-awa1",
}


def test_a_hyperparameter_of_bivaegan_reruns_its_stages_and_nothing_else(restored):
    ran = restored.stages_run_by("exp", "run", "-S", "bivaegan.r=10")
    # what an oracle gives does not change, and neither does any file behind it
    assert ran - {"report"} == {"configure"} | BIVAEGAN


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
