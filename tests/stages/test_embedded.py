"""The embedded benchmarks, small, from the first stage to the last."""

import json

from tests.stages.conftest import AFTER


def test_images_go_the_whole_way(fresh):
    """The generated benchmark: images, a backbone per phase, features, methods, ceiling."""
    fresh.set("datasets=[shapes]")
    fresh.dvc("repro", "-q")
    recipes = [
        json.loads((fresh.root / f"data/features/shapes/{phase}.json").read_text())["recipe"]
        for phase in ("val", "test")
    ]
    assert [recipe["finetuned"]["classes"] for recipe in recipes] == [32, 40]
    metrics = fresh.root / "metrics"
    ceiling = json.loads((metrics / "ceiling" / "shapes.json").read_text())["ceiling.zsl.acc"]
    found = json.loads((metrics / "baselines" / "shapes.json").read_text())
    assert 0 < found["eszsl.zsl.acc"] < 1
    assert f"| *ceiling* | {100 * ceiling:.1f} |" in (fresh.root / "reports/README.md").read_text()
    assert 0 <= json.loads((metrics / "dedn" / "shapes.json").read_text())["gzsl.h"] < 1
    found = json.loads((metrics / "clarel" / "shapes.json").read_text())
    assert 0 <= found["retrieval.text.r1"] <= found["retrieval.text.r5"] < 1
    assert (fresh.root / "reports" / "shapes-dedn-attention.svg").stat().st_size > 10_000
    for name in ("reconstruction", "variances", "embedding"):
        assert (fresh.root / f"reports/shapes-spaen-{name}.svg").stat().st_size > 10_000
    fresh.set("dedn.inference.lambda_e=0.1", "spaen.rank.margin=0.3")
    ran = fresh.stages_run_by("repro")
    assert ran - {"report", "configure"} == {
        *(f"{stage}@shapes-{p}" for stage in ("mix_dedn", "train_spaen") for p in ("val", "test")),
        *(f"{stage}@{m}-shapes" for stage in AFTER for m in ("dedn", "spaen")),
        *(f"{stage}@shapes" for stage in ("draw_spaen", "reconstruct_spaen")),
    }


def test_scenes_go_the_whole_way(fresh):
    """Generated scenes: a segmenter of seen classes, generators, metrics, pictures."""
    fresh.set("segmentation_datasets=[scenes]")
    fresh.dvc("repro", "-q")
    found = json.loads((fresh.root / "metrics/pading/scenes.json").read_text())
    assert found["supervised.panoptic.pq.unseen"] == 0
    assert 0 <= found["panoptic.pq.hm"] <= 1
    page = (fresh.root / "reports/README.md").read_text()
    assert "## Zero-shot segmentation" in page
    # embeddings are not drawn: a segmenter of three steps finds no segment
    assert (fresh.root / "reports/scenes-pading-segmentation.svg").stat().st_size > 10_000
    fresh.set("pading.lam=0.5")
    ran = fresh.stages_run_by("repro")
    of_scenes = ("train_pading", "evaluate_segmentation", "draw_segmentation")
    of_scenes += ("package_segmentation",)
    assert ran - {"report", "configure"} == {f"{stage}@scenes" for stage in of_scenes}
