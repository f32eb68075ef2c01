"""Images labelled from the command line, by a package alone."""

import argparse
import csv
import json
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest

from stages import package as stage
from tests.package import tiny
from zslcore.__main__ import main
from zslcore.cli import predict
from zslcore.features import store

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tiny.build(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def label(made, capsys):
    """`label("dedn", "--top", 1)`: exit code, what is printed, what is said beside it."""

    def run(method, *options, images=None):
        parser = argparse.ArgumentParser()
        predict.add(parser)
        images = made.files if images is None else images
        given = [made.packages / method / tiny.NAME, *images, *options]
        code = predict.run(parser.parse_args(list(map(str, given))))
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def answers(label):
    """The same with --json: the answers by the image's file."""

    def run(method, *options, images=None):
        code, out, _ = label(method, "--json", *options, images=images)
        assert code == 0
        return {line["image"]: line["answers"] for line in map(json.loads, out.splitlines())}

    return run


def measured(made, method):
    return json.loads((made.root / "metrics" / method / f"{tiny.NAME}.json").read_text())


def per_class(right, y, classes):
    return np.mean([right[y == c].mean() for c in classes])


def first(found, made):
    return np.array([found[str(path)][0]["class"] for path in made.files])


@pytest.mark.parametrize(
    ("method", "row", "key"),
    [
        ("baselines", "eszsl", "eszsl."),
        ("baselines", "devise", "devise."),
        ("dedn", "dedn", ""),
    ],
)
def test_its_accuracy_is_the_one_that_evaluate_reports(answers, made, method, row, key):
    """Of every seed among the unseen classes and, calibrated, among all; then the means."""
    seeds = tiny.SEEDS if row != "eszsl" else tiny.SEEDS[:1]
    names = np.array(tiny.NAMES)
    seen, unseen = np.flatnonzero(tiny.SEEN), np.flatnonzero(~tiny.SEEN)
    zsl, both = [], []
    for seed in seeds:
        options = "--row", row, "--seed", seed, "--top", 1
        right = first(answers(method, *options, "--classes", "unseen"), made) == names[made.y]
        zsl.append(per_class(right, made.y, unseen))
        right = first(answers(method, *options), made) == names[made.y]
        both.append([per_class(right, made.y, side) for side in (seen, unseen)])
    reported = measured(made, method)
    assert round(np.mean(zsl), 4) == reported[f"{key}zsl.acc"]
    seen_acc, unseen_acc = np.mean(both, axis=0)
    assert round(seen_acc, 4) == reported[f"{key}gzsl.seen"]
    assert round(unseen_acc, 4) == reported[f"{key}gzsl.unseen"]


def test_calibration_matters_here(made):
    """Or the test above would not see that it is there."""
    found = measured(made, "baselines")
    assert found["eszsl.gzsl.unseen"] > found["eszsl.gzsl_uncalibrated.unseen"] + 0.3


@pytest.fixture
def without_one(tmp_path):
    """A pipeline that has never heard of one unseen class; a CSV that tells of it."""
    vectors = tiny.class_vectors()
    gone = 5
    assert not tiny.SEEN[gone]
    vectors[gone] = 0.1  # in its place stands a class that no image is of
    (tmp_path / "project").mkdir()
    with (tmp_path / "new.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["class", *tiny.ATTRIBUTES])
        lines.writerow(["newcomer", *tiny.class_vectors()[gone].tolist()])
    return tiny.build(tmp_path / "project", vectors), gone, tmp_path / "new.csv"


@pytest.mark.parametrize(("method", "row"), [("baselines", "eszsl"), ("dedn", "dedn")])
def test_a_new_class_is_recognised_without_training(without_one, capsys, method, row):
    project, gone, file = without_one
    images = [str(path) for path, y in zip(project.files, project.y, strict=True) if y == gone]
    others = [str(path) for path, y in zip(project.files, project.y, strict=True) if y != gone]
    folder = str(project.packages / method / tiny.NAME)
    given = ["--row", row, "--classes", str(file), "--top", "1", "--json"]
    assert main(["predict", folder, *given, *images]) == 0
    found = [json.loads(line)["answers"][0] for line in capsys.readouterr().out.splitlines()]
    share = np.mean([answer["class"] == "newcomer" and answer["new"] for answer in found])
    assert share > 0.8  # of eight images; chance is 1 in 9
    assert main(["predict", folder, *given, *others]) == 0
    found = [json.loads(line)["answers"][0] for line in capsys.readouterr().out.splitlines()]
    assert np.mean([answer["new"] for answer in found]) < 0.3


def test_a_new_class_told_as_an_old_one_scores_as_it(answers, made, tmp_path):
    c = int(np.flatnonzero(~tiny.SEEN)[0])
    numbers = ",".join(map(repr, tiny.class_vectors()[c].tolist()))
    file = tmp_path / "new.csv"
    file.write_text(f"class,{','.join(tiny.ATTRIBUTES)}\nagain,{numbers}\n")
    for found in answers("dedn", "--classes", file, "--top", 9).values():
        score = {answer["class"]: answer["score"] for answer in found}
        assert score["again"] == score[tiny.NAMES[c]]
    for found in answers("dedn", "--classes", file, "--only-new").values():
        assert [answer["class"] for answer in found] == ["again"]


def test_answers_are_the_best_of_the_classes_asked_for(answers, made):
    seen = {name for name, one in zip(tiny.NAMES, tiny.SEEN, strict=True) if one}
    for which, allowed in (("seen", seen), ("unseen", set(tiny.NAMES) - seen)):
        found = answers("dedn", "--classes", which, "--top", 2)
        assert {answer["class"] for each in found.values() for answer in each} <= allowed
        for each in found.values():
            assert len(each) == 2
            assert each[0]["score"] >= each[1]["score"]
            assert {answer["seen"] for answer in each} == {which == "seen"}


def test_the_mean_over_the_seeds_is_what_is_answered(answers, made):
    together = answers("dedn", "--top", 8)
    alone = [answers("dedn", "--top", 8, "--seed", seed) for seed in tiny.SEEDS]
    for image, found in together.items():
        for answer in found:
            scores = [
                each["score"]
                for one in alone
                for each in one[image]
                if each["class"] == answer["class"]
            ]
            assert answer["score"] == pytest.approx(np.mean(scores), abs=2e-6)
        assert sum(answer["seeds"] for answer in found) == 2


def test_a_table_has_a_line_for_every_answer(label, made):
    code, out, beside = label("baselines", "--row", "eszsl", "--top", 2, images=made.files[:3])
    heading, *lines = out.splitlines()
    assert code == 0
    assert heading.split() == ["rank", "class", "score", "seeds", "side", "image"]
    assert [line.split()[0] for line in lines] == ["1", "2"] * 3
    assert [line.split()[-1] for line in lines[::2]] == list(map(str, made.files[:3]))
    assert {line.split()[3] for line in lines} <= {"1/1", "0/1"}
    assert "eszsl on tiny, 8 of 8 classes; seen classes are set back (additive) by 0.17" in beside
    assert "zsl.acc 1.000 +- 0.000" in beside


def test_a_folder_is_searched(answers, made):
    found = answers("dedn", images=[made.root / "images"])
    assert sorted(found) == sorted(map(str, made.files))


def test_what_is_no_image_is_named_and_the_others_are_labelled(label, made, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_text("no image")
    images = [made.files[0], bad, made.files[1]]
    code, out, beside = label("dedn", "--json", images=images)
    assert code == 1
    assert [json.loads(line)["image"] for line in out.splitlines()] == list(
        map(str, [made.files[0], made.files[1]])
    )
    assert f"{bad} is no image that can be read" in beside


def test_a_batch_of_another_size_gives_the_same_answers(answers):
    one, other = answers("dedn", "--batch", 3), answers("dedn", "--batch", 64)
    assert one.keys() == other.keys()
    for image, found in one.items():
        assert [a["class"] for a in found] == [a["class"] for a in other[image]]
        np.testing.assert_allclose(
            [a["score"] for a in found], [a["score"] for a in other[image]], rtol=0.01, atol=0.01
        )


def test_features_take_the_place_of_images(answers, made, tmp_path):
    folder = made.root / "data"
    rows = np.load(folder / f"prepared/{tiny.NAME}/test/problem/evaluation_rows.npy")
    file = tmp_path / "x.npy"
    np.save(file, np.load(folder / f"features/{tiny.NAME}/regions.npy")[rows])
    found = answers("dedn", "--features", file, images=[])
    of_images = answers("dedn")
    assert list(found) == [f"{file}[{row}]" for row in range(len(rows))]
    for path, each in zip(made.files, found.values(), strict=True):
        assert [a["class"] for a in each] == [a["class"] for a in of_images[str(path)]]


@pytest.fixture
def from_files(made, tmp_path):
    """The package of features that no backbone of ours has made."""
    root = shutil.copytree(made.root, tmp_path / "project")
    folder = Path("data/features") / tiny.NAME
    with chdir(root):
        held = np.load(folder / "pooled.npy")
        shutil.rmtree(folder)
        store.from_array(held, folder, {"file": "res101.mat"})
        stage.main("baselines", tiny.NAME)
    np.save(tmp_path / "x.npy", held.astype(np.float32))
    return root / "data" / "packages" / "baselines" / tiny.NAME, tmp_path / "x.npy"


def test_without_a_backbone_features_are_asked_for(from_files, made, capsys):
    folder, file = from_files
    options = ["--row", "eszsl", "--json"]
    assert main(["predict", str(folder), str(made.files[0]), *options]) == 2
    said = capsys.readouterr().err
    assert "labels features, not images" in said
    assert "Give --features FILE.npy" in said
    assert "res101.mat" in said
    assert main(["predict", str(folder), "--features", str(file), *options]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 8 * tiny.EACH


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--only-new"], "--only-new needs --classes FILE.csv"),
        (["--seed", "9"], "--seed 9: there is none; allowed: 3, 5"),
        (["--features", "x.npy"], "not both"),
        (["--row", "x"], r"has no row 'x'; choose one with --row: dedn"),
        (["--classes", "unsen"], r"there is no file unsen; allowed: all, unseen, seen, or a CSV"),
        (["--device", "abacus"], "no device 'abacus' here"),
    ],
)
def test_arguments_that_do_not_fit_are_told(label, options, said):
    with pytest.raises(ValueError, match=said):
        label("dedn", *options)


def test_a_mistake_ends_with_a_message_and_code_2(tmp_path, capsys):
    assert main(["predict", str(tmp_path / "nothing"), "x.png"]) == 2
    assert "nothing is no package" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--top", "0"], []])
def test_without_images_or_answers_there_is_nothing_to_do(options, made, capsys):
    images = ["x.png"] if options else []
    with pytest.raises(SystemExit, match="2"):
        main(["predict", str(made.packages / "dedn" / tiny.NAME), *options, *images])
    assert "images" in capsys.readouterr().err or options


def test_the_command_alone_is_cheap():
    """Nobody waits for torch to read a help."""
    code = "import sys, zslcore.cli.predict; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_other_folders_are_not_needed(made, tmp_path, capsys):
    """The package may go anywhere, and the pipeline away."""
    shutil.copytree(made.packages / "dedn" / tiny.NAME, tmp_path / "moved")
    with chdir(tmp_path):
        assert main(["predict", "moved", str(made.files[0])]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
