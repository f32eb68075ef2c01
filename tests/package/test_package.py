"""From a folder to scores: what the pipeline had, and nothing else."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from tests.package import tiny
from zslcore.data import scores
from zslcore.package import scorer
from zslcore.package.files import NAME, seal
from zslcore.package.inputs import Extractor, feature_blocks
from zslcore.package.manifest import Row, Shapes
from zslcore.package.package import load
from zslcore.package.scorer import Scorer

CPU = torch.device("cpu")


@pytest.fixture
def copied(made, tmp_path):
    """A package that may be changed."""

    def copy(method="baselines"):
        return shutil.copytree(made.packages / method / tiny.NAME, tmp_path / method)

    return copy


def kept(made, name):
    """What the features stage stored of the evaluation images."""
    folder = made.root / "data"
    rows = np.load(folder / f"prepared/{tiny.NAME}/test/problem/evaluation_rows.npy")
    return np.load(folder / f"features/{tiny.NAME}/{name}.npy")[rows]


def extracted(made, method, takes, size):
    package = load(made.packages / method / tiny.NAME)
    return list(Extractor(package.backbone(), takes, CPU).blocks(made.files, size))


@pytest.mark.parametrize(("method", "takes"), [("baselines", "pooled"), ("dedn", "regions")])
def test_features_are_those_of_the_pipeline(made, method, takes):
    """Up to the last bit of float16: batches of other images may add up in another order."""
    blocks = extracted(made, method, takes, 7)
    found = np.concatenate([block.x for block in blocks])
    assert found.dtype == (np.float32 if takes == "pooled" else np.float16)
    assert [name for block in blocks for name in block.names] == list(map(str, made.files))
    expected = kept(made, takes).astype(np.float32)
    assert np.array_equal(found, found.astype(np.float16))
    np.testing.assert_allclose(found.astype(np.float32), expected, rtol=1.1e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("method", "row", "takes"),
    [
        ("baselines", "eszsl", "pooled"),
        ("baselines", "devise", "pooled"),
        ("dedn", "dedn", "regions"),
    ],
)
def test_features_of_the_pipeline_give_exactly_its_scores(made, method, row, takes):
    package = load(made.packages / method / tiny.NAME)
    found = package.scorer(row, CPU).scores(kept(made, takes).astype(np.float32))
    stored = scores.load(made.root / "data" / "scores" / method / f"{tiny.NAME}-test")[row]
    np.testing.assert_array_equal(found, stored.values)
    assert package.about.rows[row].seeds == stored.seeds


def test_the_package_tells_of_its_classes(made):
    package = load(made.packages / "dedn" / tiny.NAME)
    assert package.classes.names == tiny.NAMES
    assert np.array_equal(package.classes.vectors, tiny.class_vectors())
    assert np.array_equal(package.classes.seen, tiny.SEEN)
    assert not package.classes.new.any()
    assert package.about.attribute_names == tiny.ATTRIBUTES


@pytest.mark.parametrize(("method", "row"), [("baselines", "eszsl"), ("dedn", "dedn")])
def test_an_unseen_class_told_again_has_its_scores(made, method, row):
    package = load(made.packages / method / tiny.NAME)
    scorer = package.scorer(row, CPU)
    c = int(np.flatnonzero(~tiny.SEEN)[0])
    more = package.classes.extended(["again"], package.classes.vectors[[c]])
    x = kept(made, scorer.row.takes).astype(np.float32)
    found = scorer.with_classes(more).scores(x)
    np.testing.assert_array_equal(found[..., -1], found[..., c])
    np.testing.assert_allclose(found[..., :-1], scorer.scores(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("method", "said"),
    [("bivaegan", "learns to generate"), ("clarel", "by captions"), ("mine", "does not score by")],
)
def test_a_method_that_has_to_be_trained_says_what_to_run(made, method, said):
    row = load(made.packages / "dedn" / tiny.NAME).about.rows["dedn"]
    with pytest.raises(ValueError, match=f"{said}.*`dvc repro` for {method}"):
        Scorer(method, object(), row).with_classes(None)


def test_a_method_need_not_know_of_devices(made, tmp_path, monkeypatch):
    row = load(made.packages / "dedn" / tiny.NAME).about.rows["dedn"]
    asked = []

    class Plain:
        def load(self, folder):
            asked.append(folder)

    class Placed:
        def load(self, folder, device=None):
            asked.append((folder, device))

    for method in (Plain(), Placed()):
        monkeypatch.setattr(scorer, "method_of", lambda name, method=method: method)
        scorer.load(tmp_path, "mine", row, CPU)
    assert asked == [tmp_path, (tmp_path, CPU)]


def test_clarel_sees_region_maps_side_by_side(made):
    class Seen:
        cfg = type("Config", (), {"features": "regions"})

        def scores(self, x):
            return x

    row = load(made.packages / "dedn" / tiny.NAME).about.rows["dedn"]
    maps = np.arange(24).reshape(2, 4, 3).astype(np.float16)
    found = Scorer("clarel", Seen(), row).scores(maps)
    assert found.dtype == np.float32
    assert found.tolist() == [list(range(12)), list(range(12, 24))]


def test_the_row_is_the_methods_own_or_the_only_one(made):
    assert load(made.packages / "dedn" / tiny.NAME).row(None) == "dedn"
    package = load(made.packages / "baselines" / tiny.NAME)
    assert package.row("devise") == "devise"
    known = r"choose one with --row: devise \(zsl.acc \d\.\d+\), eszsl \(zsl.acc 1.000\)"
    with pytest.raises(ValueError, match=f"has several rows; {known}"):
        package.row(None)
    with pytest.raises(ValueError, match=f"has no row 'ezsl'; {known}"):
        package.row("ezsl")


def test_of_a_package_with_one_row_it_need_not_be_named(copied):
    folder = copied()
    about = json.loads((folder / NAME).read_text())
    del about["rows"]["devise"]
    shutil.rmtree(folder / "models" / "devise")
    seal(about, folder)
    assert load(folder).row(None) == "eszsl"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda about: about.update(extra=1), "extra: unknown key"),
        (lambda about: about.pop("dataset"), "dataset: missing"),
        (lambda about: about.update(format=2), "format"),
        (lambda about: about["rows"]["eszsl"].pop("handicap"), "rows.eszsl.handicap: missing"),
        (lambda about: about["rows"]["eszsl"]["handicap"].update(x=1), "x: unknown key"),
        (lambda about: about["class_names"].pop(), r"7 class names, class vectors \(8, 6\)"),
    ],
)
def test_a_manifest_of_another_form_is_refused(copied, change, said):
    folder = copied()
    about = json.loads((folder / NAME).read_text())
    change(about)
    (folder / NAME).write_text(json.dumps(about))
    with pytest.raises(ValueError, match=said):
        load(folder)


def test_a_changed_weight_is_found(copied):
    folder = copied()
    path = folder / "models" / "eszsl" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    with pytest.raises(ValueError, match=r"models/eszsl/model\.safetensors has been changed"):
        load(folder)


def test_images_that_cannot_be_read_are_named_and_the_others_are_there(made, tmp_path):
    (tmp_path / "notes.png").write_text("no image")
    cut = tmp_path / "cut.png"
    cut.write_bytes(made.files[0].read_bytes()[:200])
    files = [tmp_path / "notes.png", made.files[0], cut, made.files[1]]
    package = load(made.packages / "baselines" / tiny.NAME)
    first, second = Extractor(package.backbone(), "pooled", CPU).blocks(files, 2)
    assert [block.names for block in (first, second)] == [[str(f)] for f in made.files[:2]]
    assert [len(block.x) for block in (first, second)] == [1, 1]
    assert "notes.png is no image that can be read" in first.unread[0]
    assert "cut.png is no image that can be read" in second.unread[0]


def test_a_block_of_no_image_is_empty(made, tmp_path):
    (tmp_path / "notes.png").write_text("no image")
    package = load(made.packages / "baselines" / tiny.NAME)
    (block,) = Extractor(package.backbone(), "pooled", CPU).blocks([tmp_path / "notes.png"], 5)
    assert (block.names, len(block.x), len(block.unread)) == ([], 0, 1)


def test_images_of_any_size_and_mode_are_taken(made, tmp_path):
    files = []
    for mode, size in (("L", (50, 31)), ("RGBA", (32, 32)), ("CMYK", (9, 70)), ("1", (1, 1))):
        files.append(tmp_path / f"{mode}.tiff")
        Image.new(mode, size).save(files[-1])
    package = load(made.packages / "baselines" / tiny.NAME)
    (block,) = Extractor(package.backbone(), "pooled", CPU).blocks(files, 9)
    assert len(block.x) == 4


SHAPES = Shapes(pooled=(3,), regions=(2, 3))


@pytest.mark.parametrize(("takes", "shape"), [("pooled", (5, 3)), ("regions", (5, 2, 3))])
def test_rows_of_a_file_of_features_are_named(tmp_path, takes, shape):
    x = np.random.default_rng(0).normal(size=shape)
    np.save(tmp_path / "x.npy", x)
    blocks = list(feature_blocks(tmp_path / "x.npy", takes, SHAPES, 2))
    assert [name for b in blocks for name in b.names] == [
        f"{tmp_path / 'x.npy'}[{row}]" for row in range(5)
    ]
    kind = np.float32 if takes == "pooled" else np.float16
    assert np.array_equal(np.concatenate([b.x for b in blocks]), x.astype(kind))


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.zeros((5, 4)), r"holds float64 \(5, 4\); allowed: floats \(N, 3\), pooled"),
        (np.zeros((5, 2, 3)), r"holds float64 \(5, 2, 3\)"),
        (np.zeros((0, 3)), r"holds float64 \(0, 3\)"),
        (np.zeros((5, 3), int), r"holds int64 \(5, 3\)"),
        (np.full((5, 3), np.nan), r"x\.npy\[0\]: its features are not finite"),
        (np.array([[{}]], object), r"cannot be read as a \.npy file"),
    ],
)
def test_other_files_of_features_are_refused(tmp_path, x, said):
    np.save(tmp_path / "x.npy", x, allow_pickle=True)
    with pytest.raises(ValueError, match=said):
        list(feature_blocks(tmp_path / "x.npy", "pooled", SHAPES, 2))


def test_a_row_of_the_manifest_gives_its_handicap_back(made):
    row: Row = load(made.packages / "baselines" / tiny.NAME).about.rows["eszsl"]
    handicap = row.handicap.handicap()
    assert (handicap.family, handicap.value) == ("additive", tiny.HANDICAPS["eszsl"])
