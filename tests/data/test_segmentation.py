"""Problem and truth of segmentation: on disk and back, apart from each other, without a leak."""

import hashlib
import json
import shutil
from dataclasses import fields, replace

import numpy as np
import pytest
from PIL import Image

from stages import prepare_segmentation
from tests.data.sources.coco import made
from tests.data.sources.scenes.conftest import SETTINGS as SCENES
from zslcore.data import segmentation_store as store
from zslcore.data.annotated import Annotated, Picture
from zslcore.data.panoptic.annotations import pixels_of
from zslcore.data.segmentation import SegmentationProblem, SegmentationTruth
from zslcore.data.segmentation_card import card, markdown
from zslcore.data.sources.coco.load import load
from zslcore.runtime.files import write_json

TASKS = {
    "panoptic": made.settings,
    "instance": made.instance_settings,
    "semantic": made.semantic_settings,
}


@pytest.fixture(scope="module", params=TASKS)
def made_once(request, tmp_path_factory):
    """A folder with raw files and what was written of them, and the dataset between the two."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "raw").mkdir()
    made.write_folder(folder / "raw")
    dataset = load(folder / "raw", TASKS[request.param](), "small", None)
    store.save(dataset, folder / "prepared")
    return folder, dataset


@pytest.fixture
def dataset(made_once):
    return made_once[1]


@pytest.fixture
def kept(made_once):
    """What was written, not to be changed."""
    return made_once[0] / "prepared"


@pytest.fixture
def written(made_once, tmp_path):
    """A copy of it, beside one of the raw files, to be changed."""
    shutil.copytree(made_once[0], tmp_path, dirs_exist_ok=True)
    return tmp_path / "prepared"


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def assert_same(one, other):
    assert one.task == other.task
    assert one.pictures == other.pictures
    np.testing.assert_array_equal(one.segments, other.segments)
    for i in range(len(one)):
        np.testing.assert_array_equal(one.masks(i), other.masks(i))
        np.testing.assert_array_equal(one.pictures[i].pixels(), other.pictures[i].pixels())


def test_problem_and_truth_come_back_whole(dataset, kept):
    problem, truth = store.load_problem(kept), store.load_truth(kept)
    assert_same(problem.training, dataset.training)
    assert_same(truth.evaluation, dataset.evaluation)
    assert problem.evaluation == dataset.evaluation.pictures
    for held in (problem, truth):
        assert tuple(held.class_names) == dataset.split.names
        np.testing.assert_array_equal(held.seen, dataset.split.seen)
        np.testing.assert_array_equal(held.things, dataset.split.things)
    np.testing.assert_array_equal(problem.class_vectors, dataset.class_vectors)


def test_the_same_content_has_the_same_bytes(dataset, kept):
    store.save(dataset, kept.with_name("again"))
    assert digests(kept.with_name("again")) == digests(kept)


def test_it_is_still_there_after_a_move_of_both_folders(written, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("raw", "prepared"):
        shutil.move(tmp_path / name, moved / name)
    problem = store.load_problem(moved / "prepared")
    assert problem.training.pictures[0].path == moved / "raw/train/001.jpg"
    assert len(problem.training.masks(0)) == 2


def test_no_image_is_copied_and_no_path_is_absolute(kept):
    assert {path.suffix for path in kept.rglob("*") if path.is_file()} == {".json", ".npy"}
    assert not any(str(kept.parent) in path.read_text() for path in kept.rglob("*.json"))


def test_problem_and_truth_are_apart(written):
    """Training reads what is below problem/, and nothing there tells of an evaluation segment."""
    shutil.rmtree(written / "truth")
    problem = store.load_problem(written)
    assert {each.name for each in fields(problem)} & {"truth", "evaluation"} == {"evaluation"}
    assert all(isinstance(each, Picture) for each in problem.evaluation)
    assert problem.seen[problem.training.segments[:, 2]].all()


def test_no_unseen_pixel_is_in_a_training_mask(kept):
    problem = store.load_problem(kept)
    for i in range(len(problem.training)):
        assert problem.seen[problem.training.of(i)[:, 1]].all()
        number = int(problem.training.pictures[i].path.stem)
        cow = made.thirds([each[1] == made.COW for each in made.LISTS["train"][number]]) == 1
        assert not (problem.training.masks(i) & cow).any()


def test_a_written_segment_of_an_unseen_class_is_refused(written):
    path = written / "problem/segments.npy"
    segments = np.load(path)
    segments[1, 2] = 1
    np.save(path, segments)
    with pytest.raises(ValueError, match=r"unseen classes: cow \(1\); leave out the images"):
        store.load_problem(written)


def test_the_card_counts_segments_and_images_and_names_absent_classes(dataset):
    told = card(dataset)
    rows = {row["class"]: row for row in told["per_class"]}
    expected = {
        "panoptic": {"cat": (2, 2), "cow": (0, 0), "grass": (1, 1), "road": (1, 1)},
        "instance": {"cat": (2, 2), "cow": (0, 0), "grass": (1, 1), "road": (1, 1)},
        "semantic": {"cat": (2, 2), "cow": (0, 0), "grass": (2, 2), "road": (1, 1)},
    }[told["task"]]
    found = {name: (row["training_segments"], row["training_images"]) for name, row in rows.items()}
    assert found == expected
    crowd = told["task"] != "semantic"  # the only cow in val is a crowd
    assert told["absent"] == {"training": [], "evaluation": ["cow"] if crowd else []}
    assert told["classes"] == {"seen": 3, "unseen": 1}
    text = markdown(told)
    assert "| cow |" in text
    assert "Classes without a segment in training: none." in text


def test_an_absent_seen_class_is_named(dataset):
    less = dataset.training.segments
    keep = less[:, 2] != 3
    outlines = tuple(o for o, k in zip(dataset.training.outlines, keep, strict=False) if k)
    training = replace(dataset.training, segments=less[keep], outlines=outlines)
    assert card(replace(dataset, training=training))["absent"]["training"] == ["road"]


def test_two_segments_of_a_class_in_an_image_count_as_one_image(tmp_path):
    made.write_folder(tmp_path)
    found = load(tmp_path, made.settings(), "small", None)
    segments = found.training.segments.copy()
    segments[segments[:, 3] == 1, 3] = 0  # the crowd becomes a second cat beside the first
    told = card(replace(found, training=replace(found.training, segments=segments)))
    assert told["per_class"][0]["training_segments"] == 3
    assert told["per_class"][0]["training_images"] == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"class_vectors": np.ones((2, 3), np.float32)}, r"\(2, 3\) for 4 classes"),
        ({"class_vectors": np.full((4, 3), np.nan, np.float32)}, "NaN"),
        ({"class_vectors": np.zeros((4, 3), np.float32)}, "all 0: cat, cow, grass, road"),
        ({"seen": np.ones(4, bool)}, "4 of 4 classes are seen"),
        ({"seen": np.zeros(4, bool)}, "0 of 4 classes are seen"),
        ({"things": np.ones(3, bool)}, "things is to be a bool mask over 4"),
        ({"class_names": ["a", "a", "b", "c"]}, "3 of them distinct"),
        ({"class_names": ["a", "b", "c"]}, "things is to be"),
    ],
)
def test_what_does_not_fit_is_refused(kept, change, message):
    with pytest.raises(ValueError, match=message):
        replace(store.load_problem(kept), **change)


def test_a_class_out_of_range_is_refused(kept):
    truth = store.load_truth(kept)
    with pytest.raises(ValueError, match="of class 3; allowed: 0 to 1"):
        SegmentationTruth(truth.evaluation, ["a", "b"], truth.things[:2], truth.seen[:2])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[1, 1, 0, 0], [0, 1, 0, 0]], "sorted by their image"),
        ([[2, 1, 0, 0]], "from 0 to 1"),
        ([[-1, 1, 0, 0]], "from 0 to 1"),
        ([[0, 1, -1, 0]], "classes are 0 or more"),
        ([[0, 1, 0, 2]], "crowd is 0 or 1"),
        ([[0, 1, 0]], "allowed: int64"),
    ],
)
def test_a_table_that_is_not_in_order_is_refused(tmp_path, table, message):
    pictures = (Picture(tmp_path, 4, 6),) * 2
    with pytest.raises(ValueError, match=message):
        Annotated("panoptic", pictures, np.array(table, np.int64), (tmp_path,) * 2)


def test_maps_and_outlines_belong_to_their_tasks(tmp_path):
    pictures, none = (Picture(tmp_path, 4, 6),), np.zeros((0, 4), np.int64)
    with pytest.raises(ValueError, match="0 maps"):
        Annotated("semantic", pictures, none)
    with pytest.raises(ValueError, match="1 maps"):
        Annotated("instance", pictures, none, (tmp_path,))


@pytest.mark.parametrize("seed", range(5))
def test_maps_are_as_pixel_by_pixel(tmp_path, seed):
    """Ids in any order, ids that are not listed, listed ones without a pixel, and void."""
    rng = np.random.default_rng(seed)
    ids = rng.choice(256**3, 9, replace=False)
    drawn = rng.choice([0, *ids], (7, 5)).astype(np.int32)
    Image.fromarray(pixels_of(drawn)).save(tmp_path / "map.png")
    listed = rng.permutation(ids)[: rng.integers(0, 9)]
    rows = [(0, each, rng.integers(0, 200), rng.integers(0, 2)) for each in listed]
    pictures = (Picture(tmp_path / "none.png", 7, 5),)
    table = np.array(rows, np.int64).reshape(-1, 4)
    of = Annotated("panoptic", pictures, table, (tmp_path / "map.png",))
    classes = {row[1]: row[2] for row in rows}
    expected = [[each if each in classes else 0 for each in line] for line in drawn.tolist()]
    labels = [[classes.get(each, 255) for each in line] for line in drawn.tolist()]
    np.testing.assert_array_equal(of.map(0), expected)
    np.testing.assert_array_equal(of.labels(0), labels)
    np.testing.assert_array_equal(of.masks(0), drawn == listed[:, None, None])
    assert of.map(0).dtype == np.int32
    assert of.labels(0).dtype == np.uint8


def test_a_label_map_holds_255_classes_at_most(tmp_path):
    Image.new("RGB", (5, 7), (1, 0, 0)).save(tmp_path / "map.png")
    pictures = (Picture(tmp_path / "none.png", 7, 5),)
    for k, fits in ((254, True), (255, False)):
        of = Annotated("panoptic", pictures, np.array([[0, 1, k, 0]]), (tmp_path / "map.png",))
        assert of.map(0).all()
        if fits:
            assert (of.labels(0) == k).all()
        else:
            with pytest.raises(ValueError, match="class 255"):
                of.labels(0)


def test_an_image_that_changed_since_is_named(written, tmp_path):
    problem = store.load_problem(written)
    (tmp_path / "raw/train/001.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match=r"001\.jpg: cannot be read"):
        problem.training.pictures[0].pixels()


def run_stage(monkeypatch, folder, dataset, settings, seed=0):
    monkeypatch.chdir(folder)
    path = folder / f"data/configs/{dataset}/prepare_segmentation.json"
    write_json({"seed": seed, "dataset": settings}, path)
    prepare_segmentation.main(dataset)
    return folder / "data/prepared" / dataset


def test_the_stage_prepares_scenes_byte_for_byte(tmp_path, monkeypatch, capsys):
    found = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        found.append(digests(run_stage(monkeypatch, tmp_path / name, "scenes", SCENES)))
    assert found[0] == found[1]
    assert {"card.json", "card.md", "problem/segments.npy", "truth/segments.npy"} < found[0].keys()
    assert "images 12, with unseen" in capsys.readouterr().out
    prepared = tmp_path / "one/data/prepared/scenes"
    problem = store.load_problem(prepared)
    assert isinstance(problem, SegmentationProblem)
    assert problem.training.pictures[0].pixels().shape == (48, 48, 3)
    told = json.loads((prepared / "card.json").read_text())
    assert told["training images"]["kept"] == len(problem.training)
    assert told["provenance"]["generator"] == "scenes"


def test_the_stage_prepares_what_is_below_raw(tmp_path, monkeypatch, capsys):
    raw = tmp_path / "data/raw/small"
    raw.mkdir(parents=True)
    made.write_folder(raw)
    cfg = made.settings().model_dump(mode="json")
    prepared = run_stage(monkeypatch, tmp_path, "small", cfg)
    assert len(store.load_problem(prepared).training) == 2
    out = capsys.readouterr().out
    assert "small: 3 seen and 1 unseen classes" in out
    assert "small: training images 3, with unseen 1" in out
    assert "1 classes without a segment in evaluation" in out


def test_the_stage_refuses_what_a_faulty_source_would_leak(tmp_path, monkeypatch):
    raw = tmp_path / "data/raw/small"
    raw.mkdir(parents=True)
    made.write_folder(raw)
    found = load(raw, made.settings(), "small", None)
    leaky = replace(found, training=found.evaluation)
    monkeypatch.setattr(prepare_segmentation, "load_coco", lambda *_: leaky)
    with pytest.raises(ValueError, match="training segments of unseen classes: cow"):
        run_stage(monkeypatch, tmp_path, "small", made.settings().model_dump(mode="json"))
