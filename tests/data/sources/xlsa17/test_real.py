"""The published files themselves: sizes, leaks and folds that are known from elsewhere."""

import json
import shutil

import numpy as np
import pytest
import scipy.io

from zslcore.data.card import card
from zslcore.data.checks import refuse_leak
from zslcore.data.protocol import phases
from zslcore.data.sources.xlsa17.load import load
from zslcore.data.sources.xlsa17.mat import read as read_mat

UNSEEN = "bat blue+whale bobcat dolphin giraffe horse rat seal sheep walrus"
LABELS = {"AWA1": "folders", "AWA2": "folders", "CUB": "folders", "SUN": "folders", "APY": "file"}
REAL = {"split_name": "proposed-v1", "class_vector_norm": "l2", "features": None}


@pytest.fixture(scope="module")
def read_real(xlsa17):
    """Load one of the real datasets; `settings` is a fixture of a narrower scope."""

    def read_real(settings, name, **changes):
        cfg = settings(**{**REAL, "image_labels": LABELS[name], **changes})
        return load(xlsa17 / name, cfg, name.lower())

    return read_real


def rows(xlsa17, name, key):
    arrays = scipy.io.loadmat(xlsa17 / name / "att_splits.mat", variable_names=[key])
    return arrays[key].ravel().astype(np.int64) - 1


def test_awa1(read_real, settings):
    dataset = read_real(settings, "AWA1", features="lowlevel.mat", image_labels="file")
    sets = (dataset.trainval, dataset.test_seen, dataset.test_unseen)
    assert [len(s) for s in sets] == [19832, 4958, 5685]
    assert dataset.features.shape == (30475, 512)
    assert dataset.class_vectors.shape == (50, 85)
    assert dataset.notes[0].startswith("4 of 4250 entries of the class vectors are negative")
    unseen = {dataset.class_names[c] for c in dataset.y[dataset.test_unseen].tolist()}
    assert sorted(unseen) == UNSEEN.split()
    by_folder = read_real(settings, "AWA1", features="lowlevel.mat", image_labels="folders")
    np.testing.assert_array_equal(by_folder.y, dataset.y)


@pytest.mark.parametrize("fold", [1, 2, 3])
def test_folds_of_awa2(read_real, settings, xlsa17, fold):
    """The lists are read independently here; fold 1 is the one that val_loc was made of."""
    dataset = read_real(settings, "AWA2", fold=fold)
    names = {dataset.class_names[c] for c in dataset.val_classes.tolist()}
    assert names == set((xlsa17 / f"AWA2/valclasses{fold}.txt").read_text().split())
    train = set((xlsa17 / f"AWA2/trainclasses{fold}.txt").read_text().split())
    val = phases(dataset, seed=0)["val"]
    kept = {dataset.class_names[c] for c in val.classes[val.seen].tolist()}
    assert (kept, len(kept), len(names)) == (train, 27, 13)
    of_val_loc = np.unique(dataset.y[rows(xlsa17, "AWA2", "val_loc")])
    assert np.array_equal(dataset.val_classes, of_val_loc) == (fold == 1)


def test_published_folds_of_awa1_are_refused(read_real, settings, xlsa17):
    """train_loc and val_loc hold 3404 and 1554 images of test_seen_loc."""
    dataset = read_real(settings, "AWA1", features="lowlevel.mat")
    published = {key: rows(xlsa17, "AWA1", key) for key in ("train_loc", "val_loc")}
    with pytest.raises(
        ValueError, match=r"3404 in train_loc, 1554 in val_loc\. Use images of trai"
    ):
        refuse_leak(published, dataset)
    leaks = card(dataset, phases(dataset, seed=0))["leaks"]
    assert leaks["raw files"]["train_loc_in_test_seen"] == 3404
    assert leaks["raw files"]["val_loc_in_test_seen"] == 1554
    assert set(leaks["phases"].values()) == {0}


@pytest.mark.parametrize(
    ("name", "cosine"), [("SUN", 0.9851), ("CUB", 0.9575), ("AWA2", 0.7459), ("APY", 0.5847)]
)
def test_attribute_variance_cosine_is_the_published_one(read_real, settings, name, cosine):
    """Chen et al. 2018, https://arxiv.org/abs/1712.01928, to all four digits."""
    dataset = read_real(settings, name)
    page = card(dataset, phases(dataset, seed=0))
    assert round(page["attribute_variance_cosine"], 4) == cosine
    assert json.loads(json.dumps(page)) == page


def test_cub_by_sentences(read_real, settings):
    dataset = read_real(settings, "CUB", class_vectors="sent_splits.mat")
    assert dataset.class_vectors.shape == (200, 1024)
    np.testing.assert_allclose(np.linalg.norm(dataset.class_vectors, axis=1), 1, rtol=1e-6)
    raw = read_real(settings, "CUB", class_vectors="sent_splits.mat", class_vector_norm="none")
    assert np.linalg.norm(raw.class_vectors[0]) == pytest.approx(20.51489335)


def test_photographs_of_apy_are_in_several_sets(read_real, settings):
    leaks = read_real(settings, "APY").provenance["leaks"]
    assert leaks["test_unseen_files_in_trainval"] == 2885
    assert leaks["test_unseen_files_in_trainval_with_another_label"] == 2885
    assert leaks["test_seen_files_in_trainval"] == 817


def test_flo_has_no_names(xlsa17, settings, tmp_path):
    """Labels are not among its files; these have the published numbers of classes in each set."""
    shutil.copy(xlsa17 / "FLO/att_splits.mat", tmp_path)
    labels = np.zeros(8189, dtype=np.uint8)
    for key, classes in (
        ("train_loc", (1, 62)),
        ("val_loc", (63, 82)),
        ("test_unseen_loc", (83, 102)),
    ):
        at = rows(xlsa17, "FLO", key)
        labels[at] = np.resize(np.arange(classes[0], classes[1] + 1), len(at))
    scipy.io.savemat(tmp_path / "ps_labels.mat", {"labels": labels})
    dataset = load(tmp_path, settings(**REAL), "flo")
    assert (dataset.class_names[0], dataset.class_names[101]) == ("class_001", "class_102")
    assert dataset.val_classes.tolist() == list(range(62, 82))
    assert any("name no classes" in note for note in dataset.notes)


def test_a_known_file_keeps_its_name(read_real, settings):
    with pytest.raises(
        ValueError, match=r"'proposed-v2', but .* is the split 'proposed-v1' of cub"
    ):
        read_real(settings, "CUB", split_name="proposed-v2")


def test_a_changed_split_no_longer_passes_as_the_published_one(xlsa17, settings, tmp_path):
    """One image moved from trainval to test_seen."""
    shutil.copytree(xlsa17 / "APY", tmp_path / "APY", copy_function=shutil.copyfile)
    path = tmp_path / "APY/att_splits.mat"
    split = read_mat(
        path, ("att", "allclasses_names", "trainval_loc", "test_seen_loc", "test_unseen_loc")
    )
    split["test_seen_loc"] = np.append(split["test_seen_loc"], split["trainval_loc"][-1])
    split["trainval_loc"] = split["trainval_loc"][:-1]
    path.chmod(0o600)
    scipy.io.savemat(path, split)
    with pytest.raises(ValueError, match=r"\(5931, 1484, 7924\); published: \(5932, 1483, 7924\)"):
        load(tmp_path / "APY", settings(**REAL), "apy")
