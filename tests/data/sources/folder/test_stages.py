"""A user's folder through the stages: what is trained on is what the folder says."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stages import features, inputs, paths, prepare
from tests.data.sources.folder import made
from zslcore.data.store import load_truth
from zslcore.runtime.files import write_json
from zslcore.runtime.params_file import read_yaml, resolve

TREE = read_yaml(Path(__file__).parents[4] / "params.yaml")


@pytest.fixture
def mine(folder, tmp_path, monkeypatch):
    """A working directory with the folder; every image is of one grey, another for each."""
    monkeypatch.chdir(tmp_path)
    paths.raw("mine").parent.mkdir(parents=True)
    shutil.move(folder, paths.raw("mine"))
    for i, name in enumerate(made.NAMES):
        Image.new("L", (40, 40), 5 + 7 * i).save(paths.raw("mine") / "images" / name)
    Path("params.yaml").write_text("runtime: {device: cpu, threads: 0}\n")
    write_json({"seed": 0, "dataset": made.SETTINGS}, paths.config("mine", "prepare"))
    settings = resolve(TREE["features"], "shapes", list(TREE["dataset"]))
    settings |= {"image_size": 32, "finetune": {**settings["finetune"], "epochs": 0}}
    write_json({"seed": 0, "features": settings}, paths.config("mine", "features"))
    return paths.raw("mine")


def greys(rows):
    """The grey of each image of these rows, from its file, and its class's name."""
    listed = json.loads((paths.prepared("mine") / "source/images.json").read_text())
    with_names = [(np.asarray(Image.open(listed[row]))[0, 0], listed[row]) for row in rows.tolist()]
    return [(int(grey), Path(name).parent.name) for grey, name in with_names]


@pytest.mark.parametrize("phase", ["val", "test"])
def test_every_training_image_has_its_features_its_class_and_its_vector(mine, phase):
    prepare.main("mine")
    features.main("mine")
    problem, evaluation = inputs.read("mine", phase)
    rows = np.load(paths.prepared("mine") / phase / "problem" / "rows.npy")
    assert len(problem.x) == len(rows) == {"val": 9, "test": 20}[phase]
    for y, (grey, name) in zip(problem.y, greys(rows), strict=True):
        assert made.NAMES[(grey - 5) // 7].startswith(name)
        assert problem.class_names[y] == name
        np.testing.assert_array_equal(problem.class_vectors[y], made.VECTORS[name])
    assert len(np.unique(problem.x.round(3), axis=0)) == len(rows)
    unseen = {"val": {"dog", "eel"}, "test": {"fox", "gnu"}}[phase]
    names = np.array(problem.class_names)
    assert set(names[~problem.seen]) == unseen
    truth = load_truth(paths.prepared("mine") / phase)
    held = np.load(paths.prepared("mine") / phase / "problem" / "evaluation_rows.npy")
    assert [truth.class_names[y] for y in truth.y] == [name for _, name in greys(held)]
    assert len(evaluation) == len(held) == {"val": 11, "test": 15}[phase]


def test_a_problem_stops_prepare_before_anything_is_written(mine):
    made.edit(mine / "classes.csv", "dog,val", "dog,vall")
    made.edit(mine / "attributes.csv", "bee,2.0", "bee,nan")
    with pytest.raises(ValueError, match=r"(?s)has 2 problems:.*classes\.csv, row 5.*row 3: size"):
        prepare.main("mine")
    assert not paths.prepared("mine").exists()


def test_a_replaced_image_changes_what_the_features_stage_depends_on(mine):
    """DVC compares dataset.json: the images themselves are none of that stage's dependencies."""
    about = []
    for grey in (3, 4):
        Image.new("L", (40, 40), grey).save(mine / "images/ant/0.png")
        prepare.main("mine")
        about.append((paths.prepared("mine") / "dataset.json").read_text())
    assert about[0] != about[1]


def test_remarks_are_in_the_data_card(mine):
    Image.new("CMYK", (40, 40)).save(mine / "images/ant/0.png", "JPEG")
    prepare.main("mine")
    card = (paths.prepared("mine") / "card.md").read_text()
    assert "1 image is CMYK, converted to RGB: ant/0.png" in card
