"""A package is exactly the files that were sealed, or an error that names one."""

import json
import os
import pickle

import numpy as np
import pytest

from zslcore.package.files import NAME, copy_folder, digests, read_array, seal, unsealed


@pytest.fixture
def folder(tmp_path):
    """A sealed folder of three files."""
    made = tmp_path / "made"
    (made / "models" / "row").mkdir(parents=True)
    for name in ("a.npy", "models/row/model.json", "models/row/model.safetensors"):
        (made / name).write_text(name)
    seal({"task": "classification"}, made)
    return made


def test_what_was_sealed_is_what_is_read(folder):
    about = unsealed(folder)
    assert about["task"] == "classification"
    assert sorted(about["files"]) == [
        "a.npy",
        "models/row/model.json",
        "models/row/model.safetensors",
    ]
    digest = "521da39c0dff025949d64a3305d6bc165badc0ed3a38a8125e9c97ba80869515"
    assert about["files"]["a.npy"] == digest  # of `printf a.npy | sha256sum`


def test_sealing_again_gives_the_same_bytes(folder):
    before = (folder / NAME).read_bytes()
    seal({"task": "classification"}, folder)
    assert (folder / NAME).read_bytes() == before


def lose(folder):
    (folder / "models" / "row" / "model.json").unlink()


def add(folder):
    (folder / "models" / "row" / "weights.pth").write_bytes(pickle.dumps({}))


def change(folder):
    (folder / "a.npy").write_text("b.npy")


def cut(folder):
    (folder / NAME).write_text((folder / NAME).read_text()[:-20])


def forget(folder):
    (folder / NAME).unlink()


def another(folder):
    (folder / NAME).write_text("[]")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lose, r"models/row/model\.json is missing; copy the whole folder again"),
        (add, r"models/row/weights\.pth does not belong to it"),
        (change, r"a\.npy has been changed"),
        (cut, r"package\.json cannot be read"),
        (forget, r"made is no package, it has no package\.json"),
        (another, r"package\.json lists no files"),
    ],
)
def test_a_damaged_package_is_refused(folder, damage, said):
    damage(folder)
    with pytest.raises(ValueError, match=said):
        unsealed(folder)


def test_an_empty_folder_is_said_to_be_of_a_method_that_was_left_out(tmp_path):
    with pytest.raises(ValueError, match="the method was left out on this dataset"):
        unsealed(tmp_path)


def test_links_to_a_cache_are_files(folder, tmp_path):
    """As DVC leaves them with cache.type symlink."""
    (folder / "a.npy").rename(tmp_path / "cached")
    (folder / "a.npy").symlink_to(tmp_path / "cached")
    unsealed(folder)
    copy_folder(folder, tmp_path / "copy", ["*.json"])
    assert digests(tmp_path / "copy").keys() == {"a.npy", "models/row/model.safetensors"}
    assert not (tmp_path / "copy" / "a.npy").is_symlink()


def test_a_copy_can_be_written_to_where_the_original_cannot(folder, tmp_path):
    """DVC's cache is read-only, and so are files that are links into it."""
    os.chmod(folder / "a.npy", 0o444)
    copy_folder(folder, tmp_path / "copy")
    assert os.stat(tmp_path / "copy" / "a.npy").st_mode & 0o200


def test_pickled_arrays_are_not_read(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        read_array(tmp_path / "a.npy")


def test_package_json_is_of_sorted_keys(folder):
    assert list(json.loads((folder / NAME).read_text())) == ["files", "task"]
