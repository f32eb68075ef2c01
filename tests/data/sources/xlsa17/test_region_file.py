"""Region maps of DAZLE's and DEDN's layout: what is read, and what is refused before any work."""

import hashlib

import h5py
import numpy as np
import pytest

from zslcore.data.prepared import save_dataset
from zslcore.data.sources.xlsa17 import region_file

MAPS = "feature_map_ResNet_101_TOY.hdf5"


@pytest.fixture
def arrays(files):
    """What the HDF5 file has: its lists count from 0, and its maps have as many channels as D."""
    split = files["att_splits.mat"]
    lists = {name: split[name] - 1 for name in region_file.SETS}
    labels = files["res101.mat"]["labels"].ravel().astype(int) - 1
    maps = np.random.default_rng(1).normal(size=(30, 3, 2, 2)).astype(np.float32)
    return {"feature_map": maps, "labels": labels, **lists, "att": np.ones((6, 7))}


@pytest.fixture
def write(arrays, tmp_path):
    """Write the file, as its arrays are by then."""

    def write(**options):
        with h5py.File(tmp_path / MAPS, "w") as file:
            for name, array in arrays.items():
                file.create_dataset(name, data=array, **options)
        return tmp_path / MAPS

    return write


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_a_dataset_has_the_file_and_its_checksum(read, write, tmp_path, compression):
    path = write(compression=compression)
    dataset = read(regions=MAPS)
    assert dataset.regions == tmp_path / MAPS
    assert dataset.features.shape == (30, 3)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert dataset.provenance["files"][MAPS] == digest
    assert dataset.provenance["features"] == {"name": "res101", "file": "res101.mat"}
    assert f"{MAPS}: 3 channels on a grid of 2 x 2" in " ".join(dataset.notes)
    assert "means of the region maps" not in " ".join(dataset.notes)


def test_without_a_features_file_the_maps_are_pooled_and_have_the_labels(read, write, files):
    write()
    del files["res101.mat"]
    dataset = read(features=None, regions=MAPS)
    assert dataset.features is None
    assert dataset.y.tolist() == [c for c in range(6) for _ in range(5)]
    assert dataset.provenance["features"]["file"] == MAPS
    assert "Pooled features are the means of the region maps" in " ".join(dataset.notes)


def test_labels_of_files_beside_come_before_those_of_the_maps(read, write, files, arrays):
    files["ps_labels.mat"] = {"labels": files.pop("res101.mat")["labels"]}
    arrays["labels"][7] = 5
    write()
    with pytest.raises(ValueError, match=r"labels of 1 of 30 images are not those of .*ps_labels"):
        read(features=None, regions=MAPS)


def test_lists_may_be_absent(read, write, arrays):
    for name in ("labels", *region_file.SETS):
        del arrays[name]
    write()
    assert any(
        "rows are the dataset's images is not checked" in n for n in read(regions=MAPS).notes
    )


def test_the_order_of_a_set_does_not_matter(read, write, arrays):
    arrays["trainval_loc"] = arrays["trainval_loc"][::-1, None].astype(float)
    arrays["labels"] = arrays["labels"][:, None].astype(np.uint8)
    write()
    assert not any("not checked" in note for note in read(regions=MAPS).notes)


def test_nothing_large_is_copied(read, write, tmp_path):
    write()
    save_dataset(read(features=None, regions=MAPS), tmp_path / "prepared")
    names = {path.name for path in (tmp_path / "prepared" / "source").iterdir()}
    assert names == {"regions.json"}


def swapped(labels):
    """Images 3 and 27 have changed places."""
    labels[[3, 27]] = labels[[27, 3]]
    return labels


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("feature_map", lambda x: x[:29], r"feature_map has 29 images, .*res101\.mat has 30"),
        ("feature_map", lambda x: x.reshape(30, 3, 4), r"float32 \(30, 3, 4\); allowed: floats"),
        ("feature_map", lambda x: x.astype(int), r"int64 .*; allowed: floats \(N, channels, h"),
        ("feature_map", lambda x: x[:0], r"\(0, 3, 2, 2\); allowed: floats"),
        ("feature_map", lambda x: x.transpose(0, 2, 3, 1), r"looks like \(N, height, width, chan"),
        ("feature_map", lambda x: x[:, :2], r"2 channels.*res101\.mat have 3: .* features"),
        ("feature_map", None, r"has no feature_map; it has att, labels, test_seen_loc"),
        ("labels", lambda y: y[:29], r"29 labels for 30 images"),
        ("labels", lambda y: y + 1, r"labels have 5 wrong values, the first is 6; .* 0 to 5"),
        ("labels", lambda y: y - 1, r"labels have 5 wrong values, the first is -1; .* 0 to 5"),
        ("labels", swapped, r"labels of 2 of 30 .* row 3: class 5, not 0 \(all from 0\)"),
        ("trainval_loc", lambda r: r + 1, r"trainval_loc has 4 .*att_splits\.mat, and lacks 4, e"),
        ("test_seen_loc", lambda r: r[1:], r"test_seen_loc has 0 .* and lacks 1, e\.g\. row 4 "),
        ("test_unseen_loc", lambda r: r + 1, r"test_unseen_loc have 1 wrong .* is 30; .* 0 to 29"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(read, write, arrays, name, change, said):
    arrays[name] = change(arrays[name]) if change else None
    if arrays[name] is None:
        del arrays[name]
    write()
    with pytest.raises(ValueError, match=said) as error:
        read(regions=MAPS)
    assert MAPS in str(error.value)


def test_labels_by_folders_are_compared_too(read, write, files, arrays):
    del files["res101.mat"]["labels"]
    swapped(arrays["labels"])
    write()
    with pytest.raises(ValueError, match=r"labels of 2 of 30 images are not those of .*res101"):
        read(regions=MAPS, image_labels="folders")


def test_labels_of_the_maps_count_from_zero(read, write, files, arrays):
    del files["res101.mat"]
    arrays["labels"] += 1
    write()
    with pytest.raises(ValueError, match=rf"{MAPS}: labels have 5 wrong values, the first is 6"):
        read(features=None, regions=MAPS)


def test_no_labels_anywhere(read, write, files, arrays):
    del files["res101.mat"], arrays["labels"]
    write()
    with pytest.raises(ValueError, match=rf"no labels in ps_labels\.mat and {MAPS}"):
        read(features=None, regions=MAPS)


def test_a_missing_file_is_named(read):
    with pytest.raises(ValueError, match=rf"has no {MAPS}: put it there"):
        read(regions=MAPS)


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_a_file_that_is_cut_off(read, write, tmp_path, compression):
    whole = write(compression=compression).read_bytes()
    for length in range(0, len(whole), 997):
        (tmp_path / MAPS).write_bytes(whole[:length])
        with pytest.raises(ValueError, match=rf"{MAPS} is cut off or not an HDF5 file"):
            region_file.read(tmp_path / MAPS)


def test_a_group_is_no_array(tmp_path):
    with h5py.File(tmp_path / MAPS, "w") as file:
        file.create_group("feature_map")
    with pytest.raises(ValueError, match=r"has no feature_map; it has nothing"):
        region_file.read(tmp_path / MAPS)
