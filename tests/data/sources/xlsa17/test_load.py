"""What is read from well-formed files of the xlsa17 layout."""

import hashlib

import numpy as np
import pytest


def test_numbers_count_from_zero_and_images_are_rows(read, files):
    dataset = read()
    raw = files["res101.mat"]["features"]
    assert dataset.class_names == ("ant", "bee", "cat", "dog", "eel", "fox")
    assert dataset.y.dtype == np.int64
    assert dataset.y.tolist() == [c for c in range(6) for _ in range(5)]
    assert dataset.trainval.tolist() == [5 * c + i for c in range(4) for i in range(4)]
    assert dataset.test_seen.tolist() == [4, 9, 14, 19]
    assert dataset.test_unseen.tolist() == list(range(20, 30))
    assert dataset.features.dtype == np.float32
    assert dataset.features.flags.c_contiguous
    np.testing.assert_array_equal(dataset.features[17], raw[:, 17].astype(np.float32))
    np.testing.assert_allclose(dataset.class_vectors, files["att_splits.mat"]["att"].T, rtol=1e-6)


def test_class_vectors_can_be_scaled_and_cleared_of_negatives(read, files):
    files["att_splits.mat"]["att"][2, 1] = -0.5
    assert read().class_vectors[1, 2] == pytest.approx(-0.5)
    clean = read(negative_attributes="zero", class_vector_norm="l2").class_vectors
    expected = np.maximum(files["att_splits.mat"]["att"][:, 1], 0)
    np.testing.assert_allclose(clean[1], expected / np.sqrt((expected**2).sum()), rtol=1e-6)


def test_few_negative_entries_are_mentioned(read, files):
    files["att_splits.mat"]["att"] = np.random.default_rng(0).random((50, 6))
    assert not [note for note in read().notes if "negative" in note]
    files["att_splits.mat"]["att"][2, 1] = -0.5
    assert any(note.startswith("1 of 300 entries") for note in read().notes)


def test_class_vectors_come_from_another_file(read, files):
    files["sent_splits.mat"] = {"att": np.arange(12.0).reshape(2, 6)}
    dataset = read(class_vectors="sent_splits.mat")
    np.testing.assert_array_equal(dataset.class_vectors, np.arange(12.0).reshape(2, 6).T)


def test_labels_come_from_the_folders(read, files):
    del files["res101.mat"]["labels"]
    assert read(image_labels="folders").y.tolist() == [c for c in range(6) for _ in range(5)]


def test_labels_and_paths_come_from_files_beside(read, files):
    raw = files["res101.mat"]
    files["ps_labels.mat"] = {"labels": raw.pop("labels")}
    files["ps_image_files.mat"] = {"image_files": raw.pop("image_files")}
    dataset = read()
    assert dataset.y.tolist() == [c for c in range(6) for _ in range(5)]
    assert set(dataset.provenance["files"]) == {*files}


def test_features_are_optional(read, files):
    files["ps_labels.mat"] = {"labels": files.pop("res101.mat")["labels"]}
    dataset = read(features=None)
    assert dataset.features is None
    assert dataset.images is None
    assert len(dataset.y) == 30


def test_images_are_found_below_the_folder(read, files, tmp_path):
    for (file,) in files["res101.mat"]["image_files"]:
        path = tmp_path / "images" / file.removeprefix("/far/JPEGImages/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    images = read().images
    assert images[7] == tmp_path / "images" / "bee" / "8.jpg"
    images[7].unlink()
    with pytest.raises(ValueError, match=r"1 of 30 images are missing.*8\.jpg"):
        read()


def test_classes_without_names_are_numbered(read, files):
    del files["att_splits.mat"]["allclasses_names"]
    dataset = read()
    assert dataset.class_names[:2] == ("class_001", "class_002")
    assert any("name no classes" in note for note in dataset.notes)


def test_class_names_come_from_a_list(read, files, tmp_path):
    names = files["att_splits.mat"].pop("allclasses_names").ravel()
    (tmp_path / "allclasses.txt").write_text("\n".join([*names, ""]))
    assert read().class_names == tuple(names)


@pytest.mark.parametrize("fold", [1, 2, 3])
def test_validation_classes_come_from_the_list_of_the_fold(read, tmp_path, fold):
    (tmp_path / f"valclasses{fold}.txt").write_text("dog\nant\n")
    dataset = read(fold=fold)
    assert dataset.val_classes.tolist() == [0, 3]
    assert not [note for note in dataset.notes if "validation classes" in note]


def test_validation_classes_of_fold_one_come_from_val_loc(read):
    dataset = read()
    assert dataset.val_classes.tolist() == [1]
    assert any("the classes of val_loc" in note for note in dataset.notes)


def test_val_loc_serves_no_other_fold(read, files):
    """The published val_loc is fold 1's: what fold 2 gets must not depend on it."""
    drawn = read(fold=2).val_classes
    del files["att_splits.mat"]["val_loc"]
    np.testing.assert_array_equal(read(fold=2).val_classes, drawn)


def test_validation_classes_are_drawn_where_nothing_says(read, files):
    """A quarter of the four seen classes; which one, the seed and the fold say."""
    del files["att_splits.mat"]["train_loc"], files["att_splits.mat"]["val_loc"]
    dataset = read(seed=5)
    assert len(dataset.val_classes) == 1
    assert any("a draw with seed 5" in note for note in dataset.notes)
    np.testing.assert_array_equal(read(seed=5).val_classes, dataset.val_classes)
    draws = {(s, f): read(seed=s, fold=f).val_classes.item() for s in range(4) for f in (1, 2, 3)}
    assert set(draws.values()) <= {0, 1, 2, 3}
    assert len({draws[s, 1] for s in range(4)}) > 1
    assert any(draws[s, 1] != draws[s, 2] for s in range(4))


def test_attributes_have_names_and_vectors(read, files, tmp_path):
    lines = ["1 has_bill::curved", "2\tblack", " 3 two words", "4 wool", "5 e", "6 f", "7 g"]
    (tmp_path / "attributes.txt").write_text("\n".join(lines))
    np.save(tmp_path / "w2v.npy", np.ones((7, 4)))
    dataset = read(attribute_names="attributes.txt", attribute_vectors="w2v.npy")
    assert dataset.attribute_names[:4] == ("has_bill::curved", "black", "two words", "wool")
    assert dataset.attribute_vectors.shape == (7, 4)
    assert dataset.attribute_vectors.dtype == np.float32


def test_provenance_names_files_and_leaks(read, files, tmp_path):
    """Image 20 gets the file of image 1 (another label), image 5 that of image 1 (its own)."""
    paths = files["res101.mat"]["image_files"]
    paths[4, 0] = paths[24, 0] = paths[0, 0]
    dataset = read()
    digest = hashlib.sha256((tmp_path / "att_splits.mat").read_bytes()).hexdigest()
    assert dataset.provenance["files"]["att_splits.mat"] == digest
    assert dataset.provenance["split"]["name"] == "custom"
    assert dataset.provenance["leaks"] == {
        "train_loc_in_test_seen": 3,
        "val_loc_in_test_seen": 1,
        "test_seen_files_in_trainval": 1,
        "test_seen_files_in_trainval_with_another_label": 0,
        "test_unseen_files_in_trainval": 1,
        "test_unseen_files_in_trainval_with_another_label": 1,
    }
    assert any("not one of the split files known" in note for note in dataset.notes)
    assert any("parts of photographs" in note for note in dataset.notes)
