"""Images segmented from the command line, by a package alone."""

import io
import json
import shutil
from contextlib import chdir, redirect_stdout
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from pycocotools.coco import COCO

from stages import package_segmentation, paths
from stages.tally import segmentation as true_segments
from tests.stages import segmentation_toy
from tests.stages.segmentation_toy import ROWS, SEEDS, TOY
from zslcore.__main__ import main
from zslcore.data.segmentation_store import load_truth
from zslcore.metrics import groups, panoptic
from zslcore.metrics.segmentation import Segmentation
from zslcore.package.files import NAME, seal
from zslcore.package.segmentation import load
from zslcore.runtime.files import write_json
from zslcore.segments.answers import answers, probabilities

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """All stages of segmentation, and the package."""
    folder = tmp_path_factory.mktemp("toy")
    with chdir(folder):
        segmentation_toy.run()
        package_segmentation.main(TOY)
    return folder


@pytest.fixture
def package(made):
    return made / "data" / "packages" / "pading" / TOY


@pytest.fixture
def pictures(made):
    with chdir(made):
        return [made / each.path for each in load_truth(paths.prepared(TOY)).evaluation.pictures]


@pytest.fixture
def segment(package, pictures, tmp_path, capsys):
    """`segment("--row", "gmmn")`: exit code, folder, what is printed and what is said beside it."""

    def run(*options, images=None):
        out = tmp_path / "out"
        given = [package, *(pictures if images is None else images), "--out", out, *options]
        code = main(["predict", *map(str, given)])
        return code, out, *capsys.readouterr()

    return run


def found_in(out):
    """Of each image the map and its segments, from panoptic.json and the PNGs alone."""
    said = json.loads((out / "panoptic.json").read_text())
    for line in said["annotations"]:
        pixels = np.asarray(Image.open(out / "panoptic" / line["file_name"])).astype(int)
        segments = [(s["id"], s["category_id"] - 1) for s in line["segments_info"]]
        yield Segmentation.of(pixels @ [1, 256, 256**2], segments)


@pytest.mark.parametrize(("row", "key"), [("pading", ""), ("gmmn", "gmmn.")])
def test_its_quality_is_the_one_that_evaluate_reports(segment, made, row, key):
    """Mean over the seeds of PQ, from the files that were written and the truth."""
    with chdir(made):
        truth = load_truth(paths.prepared(TOY))
        reported = json.loads(paths.metrics("pading", TOY).read_text())
        true = [true_segments(truth.evaluation, i) for i in range(len(truth.evaluation))]
    of_seeds = []
    for seed in SEEDS:
        code, out, *_ = segment("--row", row, "--seed", str(seed))
        assert code == 0
        k, counts = len(truth.seen), panoptic.Counts.zero(len(truth.seen))
        for one, other in zip(true, found_in(out), strict=True):
            counts += panoptic.count(one, other, k, "")
        pq = panoptic.quality(counts).pq
        of_seeds.append(groups.by_group("panoptic.pq", pq, truth.seen))
        shutil.rmtree(out)
    for name in of_seeds[0]:
        if "hm" not in name:
            mean = np.mean([each[name] for each in of_seeds])
            assert round(mean, 4) == reported[f"{key}{name}"], name


def test_every_image_has_an_overlay_a_map_and_annotations(segment, pictures):
    code, out, said, beside = segment()
    assert code == 0
    stems = [f"{i:06}_{path.stem}" for i, path in enumerate(pictures, 1)]
    for folder in ("overlays", "panoptic"):
        assert sorted(path.stem for path in (out / folder).iterdir()) == stems
    with redirect_stdout(io.StringIO()):
        read = COCO(out / "instances.json")
    assert [image["file_name"] for image in read.dataset["images"]] == list(map(str, pictures))
    assert len(read.dataset["annotations"]) > 0
    assert f"{len(pictures)} images segmented" in beside
    assert all(str(path) in said for path in pictures)


def test_lines_of_json_have_shares_that_are_those_of_the_map(segment):
    _, out, said, _ = segment("--json")
    for line, found in zip(map(json.loads, said.splitlines()), found_in(out), strict=True):
        shares = [float((found.map == i).mean()) for i in found.ids.tolist()]
        assert [s["share"] for s in line["segments"]] == pytest.approx(shares, abs=1e-4)


def test_all_seeds_together_have_the_mean_probability(package, pictures):
    """Their masks are the same, so that scores of instances are means of the seeds' scores."""
    pixels, loaded = np.asarray(Image.open(pictures[0])), load(package, None, CPU)

    def scores(*seeds):
        found = loaded.segment(pixels, list(seeds)).instances
        pairs = zip(found.queries.tolist(), found.labels.tolist(), strict=True)
        return dict(zip(pairs, found.scores.tolist(), strict=True))

    first, second, both = scores(0), scores(1), scores(0, 1)
    common = first.keys() & second.keys() & both.keys()
    assert len(common) > 20
    assert first != second
    for pair in common:
        assert both[pair] == pytest.approx((first[pair] + second[pair]) / 2, rel=1e-6)


def test_what_is_no_image_is_named_and_the_others_are_segmented(segment, pictures, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_text("no image")
    code, out, said, beside = segment("--json", images=[bad, *pictures[:2]])
    assert code == 1
    assert len(said.splitlines()) == len(list((out / "overlays").iterdir())) == 2
    assert f"{bad} is no image that can be read" in beside
    assert "2 images segmented" in beside


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--row", "aligned"], "has no row 'aligned'; allowed for --row: gmmn, pading, supervised"),
        (["--seed", "9"], "--seed 9: there is none; allowed: 0, 1"),
        (["--classes", "unseen"], "PADing has to be trained for new classes"),
    ],
)
def test_arguments_that_do_not_fit_are_told(segment, options, said):
    code, _, _, beside = segment(*options)
    assert code == 2
    assert said in beside


def test_a_folder_for_pictures_is_asked_for(package, pictures, capsys):
    assert main(["predict", str(package), str(pictures[0])]) == 2
    assert "a segmenter needs --out DIR" in capsys.readouterr().err


def test_the_package_has_segmenter_rows_and_settings(package):
    about = json.loads((package / NAME).read_text())
    assert sorted(about["rows"]) == sorted(ROWS)
    assert about["rows"]["pading"]["seeds"] == list(SEEDS)
    assert about["inference"] == segmentation_toy.INFERENCE
    assert about["truth"] == "panoptic"
    assert "panoptic.pq.unseen" in about["rows"]["gmmn"]["metrics"]
    assert not any("gmmn" in key for key in about["rows"]["pading"]["metrics"])
    assert {"segmenter/segmenter.safetensors", "things.npy", "seen.npy"} <= about["files"].keys()


def test_with_semantic_truth_every_pixel_has_the_class_with_most_votes(package, pictures, tmp_path):
    changed = shutil.copytree(package, tmp_path / "semantic")
    about = json.loads((changed / NAME).read_text())
    seal({**about, "truth": "semantic"}, changed)
    out = tmp_path / "out"
    assert main(["predict", str(changed), *map(str, pictures), "--out", str(out)]) == 0
    assert not (out / "instances.json").exists()
    loaded = load(changed, None, CPU)
    for path, found in zip(pictures[:3], found_in(out), strict=False):
        (answer,) = answers(
            loaded.segmenter, [np.asarray(Image.open(path))], [0], loaded.about.size, CPU
        )
        logits = torch.from_numpy(loaded.model.logits(answer.embeddings)).double()
        votes = np.einsum(
            "qk,qhw->khw", logits.softmax(-1).mean(0)[:, :-1].numpy(), probabilities(answer)
        )
        of = dict(zip(found.ids.tolist(), found.classes.tolist(), strict=True))
        assert np.array_equal(np.vectorize(of.get)(found.map), votes.argmax(0))
        assert len(set(of.values())) == len(of)


def test_a_dataset_without_pading_leaves_an_empty_package(made, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(shutil.copytree(made, tmp_path / "project"))
    shutil.rmtree(Path("data/models/pading") / TOY)
    write_json({"listed": False}, paths.config(TOY, "train_pading"))
    package_segmentation.main(TOY)
    folder = Path("data/packages/pading") / TOY
    assert list(folder.iterdir()) == []
    assert main(["predict", str(folder), "x.png", "--out", "out"]) == 2
    assert "left out on this dataset" in capsys.readouterr().err
