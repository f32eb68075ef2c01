"""Broken files: every message names the file, the value and what is allowed."""

import numpy as np
import pytest
import scipy.io

from zslcore.data.sources.xlsa17 import mat
from zslcore.data.sources.xlsa17.load import load


def test_missing_file(settings, tmp_path):
    with pytest.raises(ValueError, match=r"has no att_splits\.mat, res101\.mat: put it there") as e:
        load(tmp_path, settings(), "toy")
    assert str(tmp_path) in str(e.value)
    assert "valclasses1.txt" in str(e.value)


@pytest.mark.parametrize("compressed", [False, True])
def test_truncated_file(tmp_path, compressed):
    path, numbers = tmp_path / "res101.mat", np.arange(12.0)[None]
    scipy.io.savemat(path, {"features": numbers, "labels": numbers}, do_compression=compressed)
    whole = path.read_bytes()
    for length in range(0, len(whole), 3):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"res101\.mat"):
            mat.read(path, ("features", "labels"))


@pytest.mark.parametrize("content", [b"features,labels\n1,2\n" * 20, b"\x80\x04K\x01." * 40, b"\0"])
def test_not_a_mat_file(read, settings, tmp_path, content):
    read()
    (tmp_path / "res101.mat").write_bytes(content)
    with pytest.raises(ValueError, match=r"res101\.mat is cut off or not a \.mat file"):
        load(tmp_path, settings(), "toy")


def test_hdf5_file(read, settings, tmp_path):
    """Version 7.3 has a MATLAB header that says 0x0200, then HDF5."""
    read()
    header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    (tmp_path / "res101.mat").write_bytes(header.ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n")
    with pytest.raises(ValueError, match=r"res101\.mat is a \.mat of version 7\.3.*-v7"):
        load(tmp_path, settings(), "toy")


def test_missing_key(read, files):
    del files["att_splits.mat"]["test_seen_loc"]
    with pytest.raises(ValueError, match=r"att_splits\.mat has no test_seen_loc; it has att, allc"):
        read()


def test_no_labels(read, files):
    del files["res101.mat"]["labels"]
    with pytest.raises(ValueError, match=r"no labels in res101\.mat and ps_labels\.mat"):
        read()


def test_features_of_other_images(read, files):
    raw = files["res101.mat"]
    raw["features"] = raw["features"].T
    with pytest.raises(ValueError, match=r"res101\.mat: features have 3 columns.* for 30 labels"):
        read()


def test_paths_of_other_images(read, files):
    files["res101.mat"]["image_files"] = files["res101.mat"]["image_files"][1:]
    with pytest.raises(ValueError, match=r"res101\.mat: 29 image_files for 30 labels"):
        read()


@pytest.mark.parametrize("value", [0, 7, 1.5, np.nan])
def test_label_out_of_range(read, files, value):
    files["res101.mat"]["labels"][3] = value
    with pytest.raises(ValueError, match=rf"res101\.mat: labels.* is {value}.*from 1 to 6"):
        read()


def test_folder_that_is_no_class(read, files):
    files["res101.mat"]["image_files"][3, 0] = "/far/JPEGImages/gnu/4.jpg"
    with pytest.raises(ValueError, match=r"res101\.mat: 1 names are none of the 6 classes.*gnu"):
        read(image_labels="folders")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_features_that_are_not_finite(read, files, value):
    files["res101.mat"]["features"][1, 12] = value
    with pytest.raises(ValueError, match=r"res101\.mat: features has NaN.* first row 12"):
        read()


def test_class_vectors_of_another_number_of_classes(read, files):
    files["sent_splits.mat"] = {"att": np.ones((4, 5))}
    with pytest.raises(ValueError, match=r"6 classes, sent_splits\.mat has 5 vectors"):
        read(class_vectors="sent_splits.mat")


def test_class_vectors_in_another_order(read, files):
    names = files["att_splits.mat"]["allclasses_names"]
    files["sent_splits.mat"] = {"att": np.ones((4, 6)), "allclasses_names": names[::-1]}
    with pytest.raises(ValueError, match=r"sent_splits\.mat: .* differ from those of att_splits"):
        read(class_vectors="sent_splits.mat")


def test_zero_class_vector(read, files):
    files["att_splits.mat"]["att"][:, 2] = 0
    with pytest.raises(ValueError, match=r"att_splits\.mat: the vector of class 3 is zero"):
        read(class_vector_norm="l2")


def test_row_out_of_range(read, files):
    files["att_splits.mat"]["test_unseen_loc"] = np.array([0, 25])
    with pytest.raises(ValueError, match=r"att_splits\.mat: test_unseen_loc.* is 0.*from 1 to 30"):
        read()


@pytest.mark.parametrize("rows", [np.zeros((0, 1)), np.array(["a"])])
def test_set_without_numbers(read, files, rows):
    files["att_splits.mat"]["trainval_loc"] = rows
    with pytest.raises(ValueError, match=r"att_splits\.mat: trainval_loc are \d values of type"):
        read()


def test_overlapping_sets(read, files):
    split = files["att_splits.mat"]
    split["test_seen_loc"] = np.append(split["test_seen_loc"], [1, 2])
    with pytest.raises(ValueError, match=r"att_splits\.mat: trainval and test_seen share 2 images"):
        read()


def test_class_without_images(read, files):
    files["res101.mat"]["labels"][25:] = 5
    with pytest.raises(ValueError, match=r"att_splits\.mat: 1 classes without an image.*: fox"):
        read()


def test_duplicate_class_name(read, files):
    files["att_splits.mat"]["allclasses_names"][5, 0] = "ant"
    with pytest.raises(ValueError, match=r"att_splits\.mat: class names.* more than once: ant"):
        read()


def test_duplicate_name_in_a_list(read, tmp_path):
    (tmp_path / "valclasses1.txt").write_text("dog\ndog\n")
    with pytest.raises(ValueError, match=r"valclasses1\.txt: names that occur more than once: dog"):
        read()


def test_unknown_name_in_a_list(read, tmp_path):
    (tmp_path / "valclasses1.txt").write_text("dog\ngnu\n")
    with pytest.raises(ValueError, match=r"valclasses1\.txt: 1 names are none of the 6.*gnu"):
        read()


def test_unseen_class_in_a_list(read, tmp_path):
    (tmp_path / "valclasses1.txt").write_text("dog\nfox\n")
    with pytest.raises(ValueError, match=r"1 validation classes that are not seen classes: fox"):
        read()


def test_attribute_names_of_another_number(read, tmp_path):
    (tmp_path / "attributes.txt").write_text("a\nb\n")
    with pytest.raises(ValueError, match=r"2 attribute names for 7 attributes"):
        read(attribute_names="attributes.txt")


def test_duplicate_attribute_name(read, tmp_path):
    (tmp_path / "attributes.txt").write_text("\n".join([f"{i} a" for i in range(1, 8)]))
    with pytest.raises(ValueError, match=r"attributes\.txt: attribute names .* than once: a"):
        read(attribute_names="attributes.txt")


@pytest.mark.parametrize("name", ["pickled", "empty"])
def test_attribute_vectors_that_are_no_numbers(read, tmp_path, name):
    """A pickle inside a .npy is refused, not run."""
    if name == "pickled":
        np.save(tmp_path / "w2v.npy", np.array([{}], dtype=object), allow_pickle=True)
    else:
        (tmp_path / "w2v.npy").touch()
    with pytest.raises(ValueError, match=r"w2v\.npy: "):
        read(attribute_vectors="w2v.npy")


def test_published_sizes_are_expected_of_a_published_name(read):
    with pytest.raises(ValueError, match=r"\(3, 1, 2\); published: \(27, 13, 10\)"):
        read("awa1", split_name="proposed-v2")
    assert read("awa1", split_name="custom").name == "awa1"
