"""The stages of segmentation, from scenes to metrics and pictures, on a tiny segmenter."""

import csv
import json
import shutil

import numpy as np
import pytest

from benchmarks.pading_variants import ablation
from stages import (
    answering,
    draw_segmentation,
    embed_segments,
    evaluate_segmentation,
    paths,
    pretrain_segmenter,
    segmentation,
    train_pading,
)
from stages.embed_segments import few
from stages.evaluate_segmentation import COLUMNS, counted, table
from stages.pading import Pading
from stages.tally import Asked
from tests.methods.nested import changed
from tests.methods.pading.values import SETTINGS as PADING
from tests.stages import segmentation_toy
from tests.stages.segmentation_toy import ROWS, SEEDS, TOY, bytes_below, configure
from zslcore.data.annotated import Picture
from zslcore.data.segmentation_store import load_problem, load_truth
from zslcore.methods.pading.config import Config
from zslcore.report.drawn import NOTHING
from zslcore.runtime import params
from zslcore.runtime.params import ParamsError
from zslcore.segments.config import Size

AS_IS = Size(short=0, long=0)


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """A folder in which all stages ran."""
    with segmentation_toy.ran(tmp_path_factory.mktemp("toy")) as folder:
        return folder


@pytest.fixture
def toy(once, tmp_path, monkeypatch):
    """A copy, to be worked in."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def metrics():
    return json.loads(paths.metrics("pading", TOY).read_text())


def lines():
    with (paths.evaluation("pading", TOY) / "segmentation.csv").open() as file:
        return list(csv.DictReader(file))


def test_every_row_is_trained_and_comes_back_in_the_papers_order(toy):
    assert answering.rows(TOY) == {"supervised": [0], "gmmn": [0, 1], "pading": [0, 1]}
    found = answering.models(TOY)
    assert list(found) == ROWS
    generators = {row: model.cfg.generator for row, model in found.items()}
    assert generators == {"supervised": "none", "gmmn": "gmmn", "pading": "primitives"}
    assert {row: len(m.classifier.bias) for row, m in found.items()} == {
        **{"supervised": 1, "gmmn": len(SEEDS), "pading": len(SEEDS)},
    }


def test_the_logs_have_curves(toy):
    for method, rounds in (("segmenter", 2), ("pading", 5)):
        log = segmentation.log(method, TOY)
        records = [json.loads(line) for line in log.read_text().splitlines()]
        assert {record["epoch"] for record in records} == set(range(1, rounds + 1))
        assert log.with_suffix(".csv").read_text().startswith("epoch,term,mean,low,high\n1,")
        seeds = SEEDS if method == "pading" else (0,)
        assert {record["seed"] for record in records} == set(seeds)


def test_training_twice_leaves_the_same_bytes_and_no_scratch(toy):
    before = bytes_below(segmentation.pading(TOY))
    train_pading.main(TOY)
    assert bytes_below(segmentation.pading(TOY)) == before
    assert not [path for path in (toy / "scratch").rglob("*") if path.is_file()]


def test_segments_that_are_learned_from_are_of_seen_classes(toy):
    labels = np.load(segmentation.segments(TOY) / "problem" / "labels.npy")
    problem = load_problem(paths.prepared(TOY))
    assert problem.seen[labels[labels >= 0]].all()
    assert labels.shape == (len(problem.training), 8)
    names = {path.name for path in (segmentation.segments(TOY) / "evaluation").iterdir()}
    assert names == {"embeddings.npy", "masks.npy", "sizes.npy"}


def test_no_more_is_learned_from_than_the_settings_say(toy):
    settings = params.load(paths.config(TOY, "train_pading"), train_pading.Settings)
    folder = segmentation.segments(TOY) / "problem"
    labels = np.load(folder / "labels.npy")
    found = train_pading.learned_from(TOY, folder, settings)
    assert len(found.unmatched) == 20 < (labels < 0).sum()
    assert sorted(found.y.tolist()) == sorted(labels[labels >= 0].tolist())
    problem = load_problem(paths.prepared(TOY))
    np.testing.assert_array_equal(found.class_vectors, problem.class_vectors)
    np.testing.assert_array_equal(found.seen, problem.seen)


def test_metrics_of_all_tasks_have_a_mean_and_an_interval(toy):
    found = metrics()
    groups = ("seen", "unseen", "hm", "all")
    values = ("panoptic.pq", "panoptic.sq", "panoptic.rq", "instance.ap50", "instance.recall50")
    values += ("box.ap50", "box.recall50", "semantic.miou")
    expected = {f"{value}.{group}" for value in values for group in groups}
    expected |= {
        f"{task}.absent.{group}"
        for task in ("panoptic", "instance", "box", "semantic")
        for group in groups[:2]
    }
    expected |= {f"panoptic.found.{group}" for group in groups[:2]}
    expected |= {f"{key}_ci95" for key in expected}
    prefixes = ("supervised.", "gmmn.", "")
    assert set(found) == {f"{prefix}{key}" for prefix in prefixes for key in expected}
    assert all(0 <= v <= 1 for k, v in found.items() if k.split(".")[-1] in groups and "q" in k)


def test_the_supervised_segmenter_finds_no_unseen_class_and_has_one_seed(toy):
    found = metrics()
    for key in ("panoptic.pq", "instance.ap50", "box.ap50", "semantic.miou"):
        assert found[f"supervised.{key}.unseen"] == found[f"supervised.{key}.hm"] == 0
        assert found[f"supervised.{key}.seen_ci95"] == 0


def test_every_segment_of_every_image_is_counted_once(toy):
    path = paths.config(TOY, "evaluate_segmentation")
    settings = params.load(path, evaluate_segmentation.Settings)
    truth = load_truth(paths.prepared(TOY))
    asked = Asked(truth, settings.evaluate_segmentation)
    found = counted(TOY, answering.models(TOY), asked, AS_IS)
    classes = np.bincount(truth.evaluation.segments[:, 2], minlength=28)
    for tally in (each for of_row in found.values() for each in of_row):
        np.testing.assert_array_equal(tally.counts.tp + tally.counts.fn, classes)
        assert tally.confused.sum() == sum(
            (truth.evaluation.labels(i) != 255).sum() for i in range(len(truth.evaluation))
        )


def test_means_of_the_table_by_class_are_the_metrics(toy):
    """Of the supervised row, which has one seed: what rounds differently has six digits."""
    own = [line for line in lines() if line["method"] == "supervised"]
    truth = load_truth(paths.prepared(TOY))
    assert [line["class"] for line in own] == list(truth.class_names)
    assert [line["thing"] for line in own] == [str(bool(t)) for t in truth.things]
    counts = np.bincount(truth.evaluation.segments[:, 2], minlength=28)
    assert [int(line["segments"]) for line in own] == counts.tolist()
    for column, key in (("pq", "panoptic.pq"), ("iou", "semantic.miou")):
        of_seen = [float(x[column]) for x in own if x["seen"] == "True" and x[column]]
        assert np.mean(of_seen) == pytest.approx(metrics()[f"supervised.{key}.seen"], abs=1e-4)
    assert all(line["ap50_masks"] == "" for line in own if line["thing"] == "False")


def test_evaluating_again_gives_the_same_bytes(toy):
    before = {**bytes_below(paths.METRICS), **bytes_below(paths.EVALUATION)}
    evaluate_segmentation.main(TOY)
    assert {**bytes_below(paths.METRICS), **bytes_below(paths.EVALUATION)} == before


def test_answers_that_were_not_kept_are_asked_for_again(toy):
    before = metrics()
    pictures = load_truth(paths.prepared(TOY)).evaluation.pictures
    kept = list(answering.answered(TOY, pictures, [3, 1], AS_IS))
    shutil.rmtree(segmentation.segments(TOY) / "evaluation")
    for one, other in zip(kept, answering.answered(TOY, pictures, [3, 1], AS_IS), strict=True):
        np.testing.assert_array_equal(one.embeddings, other.embeddings)
        np.testing.assert_array_equal(one.masks, other.masks)
    evaluate_segmentation.main(TOY)
    assert metrics() == before


def test_provenance_says_what_the_numbers_rest_on(toy):
    about = json.loads((paths.evaluation("pading", TOY) / "provenance.json").read_text())
    assert about["split"]["name"] == "scenes"
    assert len(about["split"]["unseen"]) == 7
    assert about["class_vectors"]["name"] == "projected"
    assert about["features"]["name"] == "Mask2Former, resnet"
    assert about["seeds"] == [0, 1]
    assert about["setting"] == dict.fromkeys(ROWS, "inductive")
    assert about["settings"]["gmmn"]["generator"] == "gmmn"


def test_both_pictures_are_the_same_every_time(toy):
    found = []
    for _ in range(2):
        draw_segmentation.main(TOY)
        found.append(bytes_below(paths.evaluation("pading", TOY)))
    assert found[0] == found[1]
    about = json.loads(found[0]["segmentation.json"])
    assert "nothing was chosen on it" in about["caption"]
    assert found[0]["segmentation.svg"].startswith(b"<?xml")


def test_what_is_not_listed_leaves_empty_outputs(toy):
    configure(listed=False)
    for stage in (pretrain_segmenter, embed_segments, train_pading):
        stage.main(TOY)
    for folder in (
        segmentation.segmenter(TOY),
        segmentation.segments(TOY) / "problem",
        segmentation.segments(TOY) / "evaluation",
        segmentation.pading(TOY),
    ):
        assert folder.is_dir()
        assert list(folder.iterdir()) == []
    for method in ("segmenter", "pading"):
        log = segmentation.log(method, TOY)
        assert log.read_text() == ""
        assert log.with_suffix(".csv").read_text() == "epoch,term,mean,low,high\n"
    evaluate_segmentation.main(TOY)
    draw_segmentation.main(TOY)
    assert metrics() == {}
    assert lines() == []
    out = paths.evaluation("pading", TOY)
    assert (out / "segmentation.csv").read_text() == ",".join(COLUMNS) + "\n"
    assert json.loads((out / "provenance.json").read_text())["setting"] == {}
    for name in ("segmentation", "embedding"):
        assert (out / f"{name}.svg").read_text() == NOTHING
        assert json.loads((out / f"{name}.json").read_text()) == {}


def test_rows_are_those_of_the_study():
    settings = Pading.model_validate(
        {
            **changed(PADING, {"generator": "primitives"}),
            "compare": ["aligned", "primitives", "gmmn", "projection", "supervised"],
            "unmatched": 0,
        }
    )
    found = settings.variants()
    names = dict(zip(found, ablation().items(), strict=True))
    assert list(found) == ["supervised", "projection", "gmmn", "primitives", "aligned", "pading"]
    for name, (_, changes) in names.items():
        expected = Config.model_validate(changed(PADING, changes))
        if name in ("supervised", "projection"):  # which learn nothing of D and A
            expected = Config.model_validate(
                changed(PADING, {**changes, "disentangle.use": False, "align.weight": 0.0})
            )
        assert found[name] == expected


def test_a_row_is_compared_once():
    values = {**PADING, "compare": ["gmmn", "gmmn"], "unmatched": 0}
    with pytest.raises(ValueError, match="a row is listed twice"):
        Pading.model_validate(values)


def test_an_unknown_row_is_an_error_of_the_settings(toy):
    path = paths.config(TOY, "train_pading")
    values = json.loads(path.read_text())
    values["pading"]["compare"] = ["gmm"]
    path.write_text(json.dumps(values))
    with pytest.raises(ParamsError, match=r"pading\.compare.*'gmmn'"):
        train_pading.main(TOY)


def test_answers_to_few_images_of_one_size_are_kept():
    same = [Picture(None, 64, 96)] * 3
    assert few(same, 100)
    assert not few([*same, Picture(None, 96, 64)], 100)
    assert few([Picture(None, 1024, 1024)] * 655, 100)
    assert not few([Picture(None, 1024, 1024)] * 656, 100)


def test_a_class_has_the_mean_of_the_seeds_that_have_it(toy):
    truth = load_truth(paths.prepared(TOY))
    of_seeds = [np.full(28, np.nan), np.full(28, np.nan)]
    of_seeds[0][:2], of_seeds[1][:1] = [0.2, 0.5], [0.4]
    found = table("gmmn", [{"panoptic.pq": values} for values in of_seeds], truth)
    assert [line["pq"] for line in found[:3]] == [pytest.approx(0.3), 0.5, None]
    assert {line["method"] for line in found} == {"gmmn"}
