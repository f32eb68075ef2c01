"""Captions beside published files: Reed's text tree and xlsa17's .mat files, to the metrics."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import yaml
from scipy.io import savemat

from stages import calibrate, configure, evaluate, features, paths, prepare, train_clarel
from tests.methods.nested import changed
from zslcore.data import scores
from zslcore.methods.clarel import train
from zslcore.methods.clarel.model import load
from zslcore.runtime.params_file import read_yaml
from zslcore.text.vocabulary import Vocabulary

PARAMS = Path(__file__).parents[2] / "params.yaml"
NAMES = ("001.Black_Auk", "002.Brewer_Wren", "003.Crow", "004.Dove", "005.Emu", "006.Finch")
NAMES += ("007.Gull", "008.Heron")
SPELLED = {"002.Brewer_Wren": "002.Brewers_Wren"}  # the class folder of captions
PER_CLASS, SEEN, COLOURS = 8, 6, ("red", "blue", "grey", "white")
SMALL = {
    "text.vectors.dimension": 8,
    "encoder.widths": [8, 6],
    "encoder.units": 5,
    "embedding": 12,
    "batch.images": 12,
    "batch.captions": 2,
    "optimizer.kind": "adamw",
    "optimizer.lr": 3e-3,
    "steps": 30,
    "log_every": 20,
}


class Raw(NamedTuple):
    """What was written: N images in the order of the .mat file."""

    x: np.ndarray
    y: np.ndarray
    captions: list[tuple[str, ...]]


class Ran(NamedTuple):
    """The raw files, and each step of the training of a phase.

    A step is a list of images: its features, and the words of each caption that it was given.
    """

    raw: Raw
    steps: dict[str, list[list[tuple[np.ndarray, list[list[str]]]]]]


def write_raw(folder):
    """Eight classes of eight images, in no order; every caption has the number of its image."""
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(len(NAMES)).repeat(PER_CLASS))
    x = rng.random((len(y), 6)).astype(np.float32)
    stems = rng.permutation(len(y)).tolist()
    captions, files = [], []
    for n, (c, stem) in enumerate(zip(y.tolist(), stems, strict=True)):
        colour = rng.choice(COLOURS)
        told = (f"number{n} is {colour}", f"this {colour} bird is number{n} of kind{c}")
        told = told[: 1 + n % 2]
        path = folder / "text_c10" / SPELLED.get(NAMES[c], NAMES[c]) / f"Bird_{stem:04}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(told) + "\n", encoding="utf-8")
        files.append(f"/BS/someone/CUB_200_2011/images/{NAMES[c]}/bird_{stem:04}.jpg")
        captions.append(told)
    (folder / "text_c10" / NAMES[0] / "Bird_9999.txt").write_text("a bird without features\n")
    of = [np.flatnonzero(y == c) for c in range(len(NAMES))]
    sets = {
        "trainval_loc": np.concatenate([rows[:6] for rows in of[:SEEN]]),
        "test_seen_loc": np.concatenate([rows[6:] for rows in of[:SEEN]]),
        "test_unseen_loc": np.concatenate(of[SEEN:]),
    }
    column = {"image_files": files, "allclasses_names": NAMES}
    column = {key: np.array(list(v), dtype=object)[:, None] for key, v in column.items()}
    files = {"image_files": column["image_files"], "labels": (y + 1)[:, None]}
    savemat(folder / "res101.mat", {"features": x.T, **files})
    split = {name: (rows + 1)[:, None] for name, rows in sets.items()}
    classes = {"att": rng.random((5, 8)), "allclasses_names": column["allclasses_names"]}
    savemat(folder / "att_splits.mat", {**classes, **split})
    (folder / "trainclasses1.txt").write_text("\n".join(NAMES[:4]))
    (folder / "valclasses1.txt").write_text("\n".join(NAMES[4:6]))
    return Raw(x, y, captions)


def write_params():
    tree = read_yaml(PARAMS)
    captions = {"path": "text_c10", "layout": "auto", "unpickle": False}
    captions |= {"image_key": None, "caption_key": None}
    tree["dataset"]["cub"] |= {"captions": captions, "split_name": "made-here"}
    tree |= {"datasets": ["cub"], "methods": ["clarel"], "seeds": [0, 1]}
    tree["evaluate"]["replicates"] = 10
    tree["runtime"] = {"device": "cpu", "threads": 0}
    tree["clarel"] = changed(tree["clarel"], SMALL)
    Path("params.yaml").write_text(yaml.safe_dump(tree), encoding="utf-8")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The stages, one after another, in a folder of their own."""
    steps, real = {"val": [], "test": []}, train.step

    def noted(state, task, drawn, progress):
        steps[phase].append((task, drawn))
        return real(state, task, drawn, progress)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("captions"))
        patch.setattr(train, "step", noted)
        raw = write_raw(paths.raw("cub"))
        write_params()
        configure.main()
        prepare.main("cub")
        features.main("cub")
        for phase in steps:
            train_clarel.main("cub", phase)
        calibrate.main("clarel", "cub")
        evaluate.main("clarel", "cub")
        yield Ran(raw, {phase: said(each, phase) for phase, each in steps.items()})


def said(steps, phase):
    """The features and the words of what each step was given."""
    vocabulary = Vocabulary.load(paths.models("clarel", "cub", phase) / "vocabulary.json")
    return [
        [
            (task.x[image].numpy(), [vocabulary.decode(task.tokens.ids[row]) for row in rows])
            for image, rows in zip(drawn.images, drawn.rows[drawn.places], strict=True)
        ]
        for task, drawn in steps
    ]


def image_of(raw, x):
    (n,) = np.flatnonzero((raw.x == x).all(1)).tolist()
    return n


@pytest.mark.parametrize("phase", ["val", "test"])
def test_every_image_is_trained_with_its_own_captions(ran, phase):
    steps = ran.steps[phase]
    assert len(steps) == 60  # of two seeds
    for x, captions in (image for images in steps for image in images):
        n = image_of(ran.raw, x)
        told = {tuple(caption.split()) for caption in ran.raw.captions[n]}
        assert {tuple(words) for words in captions} <= told


@pytest.mark.parametrize("phase", ["val", "test"])
def test_training_sees_all_training_images_and_no_other_image_or_caption(ran, phase):
    seen = 4 if phase == "val" else 6
    rows = np.load(paths.prepared("cub") / phase / "problem" / "rows.npy")
    assert set(ran.raw.y[rows].tolist()) == set(range(seen))
    given = [image for images in ran.steps[phase] for image in images]
    assert {image_of(ran.raw, x) for x, _ in given} == set(rows.tolist())
    words = {word for _, captions in given for caption in captions for word in caption}
    assert {word for word in words if word.startswith("number")} == {f"number{n}" for n in rows}
    assert {word for word in words if word.startswith("kind")} <= {f"kind{c}" for c in range(seen)}


def test_every_class_is_where_the_captions_of_its_images_are(ran):
    model = load(paths.models("clarel", "cub", "test"))
    each = model.texts(ran.raw.captions)
    expected = [each[:, ran.raw.y == c].mean(1) for c in range(len(NAMES))]
    np.testing.assert_allclose(model.prototypes, np.stack(expected, 1), rtol=1e-4, atol=1e-5)
    assert len(np.unique(each[0].round(4), axis=0)) > 20


def test_retrieval_is_measured_between_an_image_and_its_own_captions(ran):
    model = load(paths.models("clarel", "cub", "test"))
    rows = np.load(paths.prepared("cub") / "test" / "problem" / "evaluation_rows.npy")
    history = scores.load(paths.scores("clarel", "cub", "test"))["clarel"].history
    texts = model.texts([ran.raw.captions[n] for n in rows])
    np.testing.assert_allclose(history["texts"], texts, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(history["images"], model.images(ran.raw.x[rows]), rtol=1e-4)
    found = json.loads(paths.metrics("clarel", "cub").read_text(encoding="utf-8"))
    for way in ("text", "image", "text_in_class", "image_in_class"):
        assert 0 <= found[f"retrieval.{way}.r1"] <= found[f"retrieval.{way}.r5"] <= 1
    assert {"zsl.acc", "gzsl.h", "gzsl.ausuc"} <= found.keys()
    validated = json.loads(paths.metrics("clarel", "cub", ".val.json").read_text(encoding="utf-8"))
    assert "val.gzsl.h" in validated


def test_the_data_card_says_what_did_not_match(ran):
    about = json.loads((paths.prepared("cub") / "dataset.json").read_text(encoding="utf-8"))
    found = about["provenance"]["captions"]
    assert found["layout"] == "reed_text"
    assert any("bird_9999" in str(each).lower() for each in (found, about["notes"]))
