"""Files in the field's layout, there and back again: features, labels and splits are the same."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.io import loadmat

from tests.data.sources.folder import made
from zslcore.__main__ import main
from zslcore.data import prepared
from zslcore.data.card import card
from zslcore.data.dataset import Dataset
from zslcore.data.protocol import phases
from zslcore.data.sources.folder.load import load as load_folder
from zslcore.data.sources.xlsa17.config import Xlsa17Config
from zslcore.data.sources.xlsa17.load import load as load_xlsa17
from zslcore.features import store

NAMES = ("ant", "bee, wild", "cat", "dog", "eel", "fox")
ATTRIBUTES = ("2 legs", "4 legs", "fur")


@pytest.fixture
def dataset():
    """Classes in no order, sets that are interleaved, and image 3 in no set."""
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(6).repeat(6))
    unseen = np.isin(y, [1, 4])
    place = np.array([np.flatnonzero(y == c).tolist().index(i) for i, c in enumerate(y)])
    train, test = ~unseen & (place < 4), ~unseen & (place >= 4)
    for rows in (train, test, unseen):
        rows[3] = False
    return Dataset(
        name="toy",
        y=y,
        class_names=NAMES,
        class_vectors=rng.normal(size=(6, 3)).astype(np.float32),
        trainval=np.flatnonzero(train),
        test_seen=np.flatnonzero(test),
        test_unseen=np.flatnonzero(unseen),
        val_classes=np.array([3]),
        attribute_names=ATTRIBUTES,
        features=rng.normal(size=(36, 5)).astype(np.float32),
        provenance={"class_vectors": {"name": "att"}, "split": {"name": "here"}, "features": None},
    )


@pytest.fixture
def prepare(tmp_path):
    """What the stage writes of a dataset."""

    def prepare(dataset):
        cut, out = phases(dataset, 0), tmp_path / "prepared" / dataset.name
        prepared.save_dataset(dataset, out)
        for name, phase in cut.items():
            prepared.save_phase(dataset, phase, out / name)
        prepared.save_card(card(dataset, cut), out)
        return out

    return prepare


def config(**changes):
    return Xlsa17Config(
        **{
            "source": "xlsa17",
            "features": "res101.mat",
            "regions": None,
            "split": "att_splits.mat",
            "split_name": "here",
            "class_vectors": "att_splits.mat",
            "class_vector_norm": "none",
            "negative_attributes": "keep",
            "attribute_names": "attributes.txt",
            "attribute_vectors": None,
            "captions": None,
            "fold": 1,
            "image_labels": "file",
            "seed": 0,
            **changes,
        }
    )


def used(dataset):
    """The dataset without images that are in no set."""
    sets = [getattr(dataset, key) for key in ("trainval", "test_seen", "test_unseen")]
    keep = np.sort(np.concatenate(sets))
    of = dict(zip(("trainval", "test_seen", "test_unseen"), sets, strict=True))
    return replace(
        dataset,
        y=dataset.y[keep],
        features=dataset.features[keep],
        **{key: np.searchsorted(keep, rows) for key, rows in of.items()},
    )


def assert_same(found, expected):
    for key in ("y", "features", "class_vectors", "trainval", "test_seen", "test_unseen"):
        np.testing.assert_array_equal(getattr(found, key), getattr(expected, key), key)
    np.testing.assert_array_equal(found.val_classes, expected.val_classes)
    assert tuple(found.class_names) == tuple(expected.class_names)
    assert tuple(found.attribute_names) == tuple(expected.attribute_names)


def test_what_is_exported_is_read_back_the_same(dataset, prepare, tmp_path, capsys):
    assert main(["export-xlsa17", str(prepare(dataset)), str(tmp_path / "mat")]) == 0
    assert "1 images that are in no set are left out" in capsys.readouterr().out
    assert_same(load_xlsa17(tmp_path / "mat", config(), "toy"), used(dataset))


def test_the_files_are_as_the_fields_code_expects_them(dataset, prepare, tmp_path):
    """Transposed, counted from 1; train_loc and val_loc divide trainval by the val classes."""
    main(["export-xlsa17", str(prepare(dataset)), str(tmp_path / "mat")])
    images, split = (loadmat(tmp_path / "mat" / f"{n}.mat") for n in ("res101", "att_splits"))
    expected = used(dataset)
    assert images["features"].shape == (5, 35)
    np.testing.assert_array_equal(images["labels"], expected.y[:, None] + 1)
    np.testing.assert_array_equal(split["att"], dataset.class_vectors.T)
    assert [str(name[0]) for name in split["allclasses_names"].ravel()] == list(NAMES)
    for key in ("trainval", "test_seen", "test_unseen"):
        rows = split[f"{key}_loc"]
        np.testing.assert_array_equal(rows, getattr(expected, key)[:, None] + 1)
    val = expected.y[split["val_loc"].ravel().astype(int) - 1]
    train = expected.y[split["train_loc"].ravel().astype(int) - 1]
    assert set(val.tolist()) == {3}
    assert set(train.tolist()) == {0, 2, 5}
    both = np.concatenate((split["train_loc"], split["val_loc"]))
    np.testing.assert_array_equal(np.sort(both.ravel()), split["trainval_loc"].ravel())
    lists = {path.stem: path.read_text().splitlines() for path in (tmp_path / "mat").glob("*.txt")}
    assert lists["trainclasses1"] == ["ant", "cat", "fox"]
    assert lists["valclasses1"] == ["dog"]
    assert lists["testclasses"] == ["bee, wild", "eel"]
    assert lists["attributes"] == ["1 2 legs", "2 4 legs", "3 fur"]


def test_the_same_dataset_gives_the_same_bytes(dataset, prepare, tmp_path, monkeypatch):
    folder = prepare(dataset)
    for name in ("a", "b"):
        monkeypatch.setattr("time.asctime", lambda now=name: f"some time {now}")
        main(["export-xlsa17", str(folder), str(tmp_path / name)])
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize("place", ["beside", "named"])
@pytest.mark.parametrize("tuned", [False, True])
def test_features_made_from_images(dataset, prepare, tmp_path, place, tuned, capsys):
    paths = [tmp_path / "raw" / f"{i}.png" for i in range(36)]
    vectors = np.ones((3, 2), np.float32)
    of_images = replace(dataset, features=None, images=paths, attribute_vectors=vectors)
    folder = prepare(of_images)
    out = tmp_path / {"beside": "features/toy", "named": "far"}[place]
    out.mkdir(parents=True)
    files = store.Files(out, store.PHASES, with_regions=False)
    np.save(files.pooled, dataset.features.astype(np.float16))
    store.describe(files, {"finetuned": {}} if tuned else {})
    named = [] if place == "beside" else ["--features", str(out)]
    assert main(["export-xlsa17", str(folder), str(tmp_path / "mat"), *named]) == 0
    assert ("choices made on val classes are not honest" in capsys.readouterr().out) == tuned
    changes = {"attribute_vectors": "attribute_vectors.npy"}
    found = load_xlsa17(tmp_path / "mat", config(**changes), "toy")
    rounded = dataset.features.astype(np.float16).astype(np.float32)
    assert_same(found, used(replace(dataset, features=rounded)))
    np.testing.assert_array_equal(found.attribute_vectors, vectors)
    written = [str(cell[0]) for cell in loadmat(tmp_path / "mat/res101.mat")["image_files"].ravel()]
    assert written == [str(paths[i]) for i in range(36) if i != 3]


def imported(tmp_path, *more):
    return main(["import-xlsa17", str(tmp_path / "mat"), str(tmp_path / "csv"), *more])


def test_there_and_back_again(dataset, prepare, tmp_path):
    """Prepared, exported, imported: the same dataset, which passes its check."""
    main(["export-xlsa17", str(prepare(dataset)), str(tmp_path / "mat")])
    assert imported(tmp_path, "--attribute-names", "attributes.txt") == 0
    assert main(["check", str(tmp_path / "csv")]) == 0
    found = load_folder(tmp_path / "csv", made.settings(), "toy", 0, None)
    assert_same(found, used(dataset))
    again = replace(found, name="again", provenance={**found.provenance, "features": None})
    main(["export-xlsa17", str(prepare(again)), str(tmp_path / "mat2")])
    for name in ("att_splits.mat", "res101.mat"):
        assert (tmp_path / "mat" / name).read_bytes() == (tmp_path / "mat2" / name).read_bytes()


@pytest.mark.parametrize(
    ("files", "first"),
    [
        (lambda i: f"/far/JPEGImages/{NAMES[0]}/{i}.jpg", "ant/0.jpg"),
        (lambda i: f"C:\\far\\{i}.jpg", "far/0.jpg"),
        (lambda i: f"/far/ant/{i // 2}.jpg", "row_000001"),
    ],
)
def test_images_are_named_by_their_files_where_these_tell_them_apart(
    dataset, prepare, tmp_path, files, first
):
    """aPY's images are parts of photographs: several have the same file."""
    from scipy.io import savemat

    main(["export-xlsa17", str(prepare(dataset)), str(tmp_path / "mat")])
    path = tmp_path / "mat" / "res101.mat"
    held = {key: value for key, value in loadmat(path).items() if key[0] != "_"}
    cell = np.empty((35, 1), dtype=object)
    cell[:, 0] = [files(i) for i in range(35)]
    savemat(path, {**held, "image_files": cell})
    assert imported(tmp_path) == 0
    rows = (tmp_path / "csv" / "images.csv").read_text().splitlines()
    assert rows[1].split(",")[0] == first
    header = (tmp_path / "csv" / "attributes.csv").read_text().splitlines()[0]
    assert header == "class,attribute_0001,attribute_0002,attribute_0003"
    assert main(["check", str(tmp_path / "csv")]) == 0


def test_images_that_are_in_no_set_are_left_out(dataset, prepare, tmp_path, capsys):
    from scipy.io import savemat

    main(["export-xlsa17", str(prepare(dataset)), str(tmp_path / "mat")])
    path = tmp_path / "mat" / "att_splits.mat"
    held = {key: value for key, value in loadmat(path).items() if key[0] != "_"}
    dropped = int(held["trainval_loc"][2, 0]) - 1
    savemat(path, {**held, "trainval_loc": np.delete(held["trainval_loc"], 2, axis=0)})
    capsys.readouterr()
    assert imported(tmp_path) == 0
    assert "1 images that are in no set are left out" in capsys.readouterr().out
    found = load_folder(tmp_path / "csv", made.settings(), "toy", 0, None)
    whole = used(dataset)
    np.testing.assert_array_equal(found.features, np.delete(whole.features, dropped, axis=0))
    np.testing.assert_array_equal(found.y, np.delete(whole.y, dropped))


def test_float32_survive_as_text(dataset, prepare, tmp_path):
    rng = np.random.default_rng(1)
    numbers = rng.integers(0, 2**32, (6, 3), dtype=np.uint32).view(np.float32)
    numbers[~np.isfinite(numbers)] = np.float32(1e-45)
    main(
        [
            "export-xlsa17",
            str(prepare(replace(dataset, class_vectors=numbers))),
            str(tmp_path / "mat"),
        ]
    )
    imported(tmp_path)
    found = load_folder(tmp_path / "csv", made.settings(), "toy", 0, None)
    np.testing.assert_array_equal(found.class_vectors, numbers)


def test_nothing_is_overwritten_and_nothing_half_written(
    dataset, prepare, tmp_path, capsys, monkeypatch
):
    folder = prepare(dataset)
    (tmp_path / "mat").mkdir()
    assert main(["export-xlsa17", str(folder), str(tmp_path / "mat")]) == 2
    assert "is there already" in capsys.readouterr().err
    before = sorted(tmp_path.iterdir())

    def full(path, *_):
        path.write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr("zslcore.cli.mat_files._savemat", full)
    with pytest.raises(OSError, match="no space left"):
        main(["export-xlsa17", str(folder), str(tmp_path / "out")])
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            ["export-xlsa17", "x", "out"],
            "x is no prepared dataset: run dvc repro prepare@<dataset>",
        ),
        (["import-xlsa17", "x", "out"], "x has no att_splits.mat: name the file of the split"),
    ],
)
def test_a_folder_without_the_files_is_named(tmp_path, monkeypatch, capsys, command, message):
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_features_that_are_not_made_yet(dataset, prepare, tmp_path, capsys):
    folder = prepare(replace(dataset, features=None, images=[tmp_path / "x.png"] * 36))
    assert main(["export-xlsa17", str(folder), str(tmp_path / "mat")]) == 2
    assert "run dvc repro features@toy" in capsys.readouterr().err
    assert not (tmp_path / "mat").exists()


def test_known_files_keep_the_name_of_their_split(dataset, prepare, tmp_path, monkeypatch):
    """An unknown one has none of the published ones."""
    from zslcore.cli import csv_folder

    main(["export-xlsa17", str(prepare(dataset)), str(tmp_path / "mat")])
    files = csv_folder.Files("res101.mat", "att_splits.mat", None, None, 2)
    cfg = csv_folder.settings(tmp_path / "mat", files)
    assert (cfg.split_name, cfg.fold, cfg.class_vectors) == ("imported", 2, "att_splits.mat")
    monkeypatch.setattr(csv_folder, "FILES", _AnyFile())
    assert csv_folder.settings(tmp_path / "mat", files).split_name == "proposed-v9"


class _AnyFile(dict):
    def get(self, key, default=None):
        return ("toy", "proposed-v9")
