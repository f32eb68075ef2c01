"""A good folder as a dataset: which image is of which class, in which set, described by what."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.data.sources.folder import made
from tests.data.sources.folder.made import NAMES, PER_CLASS, ROLES, VECTORS, edit, lines, pixels
from zslcore.data.checks import check
from zslcore.data.protocol import phases
from zslcore.data.sources.folder.load import load


def loaded(folder, seed=0, **changes):
    return load(folder, made.settings(**changes), "mine", seed, None)


def in_sets(dataset):
    """The images' paths below images/ of each set."""
    names = ["/".join(path.parts[-2:]) for path in dataset.images]
    return {
        key: {names[row] for row in getattr(dataset, key)}
        for key in ("trainval", "test_seen", "test_unseen")
    }


@pytest.mark.parametrize("kind", ["folder", "listed"])
def test_every_image_has_its_class(kind, request):
    folder = request.getfixturevalue(kind)
    found = loaded(folder)
    check(found)
    assert found.class_names == tuple(ROLES)
    assert [str(path.relative_to(folder / "images")) for path in found.images] == NAMES
    assert [found.class_names[c] for c in found.y] == [name[:3] for name in NAMES]
    assert found.y.dtype == np.int64
    assert [found.class_names[c] for c in found.val_classes] == ["dog", "eel"]
    np.testing.assert_array_equal(found.class_vectors, np.float32(list(VECTORS.values())))
    assert found.attribute_names == ("size", "legs", "fur")
    assert found.captions == [(f"one, {name}",) for name in NAMES]
    assert found.features is None
    assert found.attribute_vectors is None


def test_images_in_the_order_of_the_list_and_folders_of_any_depth(folder):
    shuffled = np.random.default_rng(0).permutation(NAMES).tolist()
    made.list_images(folder, shuffled)
    assert [str(p.relative_to(folder / "images")) for p in loaded(folder).images] == shuffled
    (folder / "images.csv").unlink()
    (folder / "images/ant/a").mkdir()
    (folder / "images/ant/0.png").rename(folder / "images/ant/a/0.png")
    edit(folder / "captions.csv", "ant/0.png", "ant/a/0.png")
    assert loaded(folder).images[PER_CLASS - 1] == folder / "images/ant/a/0.png"
    assert (loaded(folder).y == np.arange(7).repeat(PER_CLASS)).all()


def test_a_path_in_another_spelling_is_the_same_image(listed):
    edit(listed / "images.csv", "ant/0.png", "./ant//0.png")
    found = loaded(listed)
    assert found.images[0] == listed / "images/ant/0.png"
    assert found.captions[0] == ("one, ant/0.png",)


def test_seen_images_are_held_out_and_unseen_ones_all_evaluated(folder):
    found = loaded(folder, test_share=0.4)
    sets = in_sets(found)
    for name, role in ROLES.items():
        of = {key: sum(n.startswith(name) for n in names) for key, names in sets.items()}
        expected = (0, 0, 5) if role == "unseen" else (3, 2, 0)
        assert tuple(of.values()) == expected, name


@pytest.mark.parametrize(
    ("share", "seen", "val"), [(0.01, 1, 1), (0.3, 2, 2), (0.99, PER_CLASS - 2, PER_CLASS - 1)]
)
def test_at_least_one_image_is_held_out_and_enough_are_left(folder, share, seen, val):
    tests = in_sets(loaded(folder, test_share=share))["test_seen"]
    assert sum(name.startswith("ant") for name in tests) == seen
    assert sum(name.startswith("dog") for name in tests) == val
    phases(loaded(folder, test_share=share), 0)  # both phases can be made of that


def test_the_draw_depends_on_the_seed_and_not_on_other_classes(folder):
    first = in_sets(loaded(folder))
    assert in_sets(loaded(folder)) == first
    assert any(in_sets(loaded(folder, seed=seed)) != first for seed in range(1, 4))
    drawn = {name[4] for name in first["test_seen"]}
    assert len(drawn) > 1  # not the same image of every class
    for path in folder.glob("*.csv"):
        kept = [row for row in path.read_text().splitlines() if not row.startswith("bee")]
        lines(path, *kept)
    shutil.rmtree(folder / "images/bee")
    found = in_sets(loaded(folder))
    left = {key: {n for n in names if n[:3] != "bee"} for key, names in first.items()}
    assert found == left


def test_given_sets_decide(folder):
    made.list_images(folder, sets=("test", "train", "train", "test", "train"))
    found = loaded(folder)
    tested = {n for n in NAMES if ROLES[n[:3]] != "unseen" and n[4] in "03"}
    assert in_sets(found)["test_seen"] == tested
    assert len(found.trainval) == 15
    assert found.provenance["split"] == {"name": "given", "test_share": None, "seed": None}


def test_a_class_of_given_sets_may_lack_tests_but_not_training(folder):
    made.list_images(folder, sets=("test", "train", "train", "test", "train"))
    text = (folder / "images.csv").read_text()
    (folder / "images.csv").write_text(
        "".join(
            row.replace("test", "train") if row.startswith("ant") else row
            for row in text.splitlines(keepends=True)
        )
    )
    check(loaded(folder))
    edit(folder / "images.csv", "bee/1.png,bee,train", "bee/1.png,bee,test")
    edit(folder / "images.csv", "bee/2.png,bee,train", "bee/2.png,bee,test")
    with pytest.raises(ValueError, match=r"row 3: class bee \(seen\) has 1 images in train; at le"):
        loaded(folder)


def test_features_in_place_of_images(listed):
    shutil.rmtree(listed / "images")
    given = np.random.default_rng(0).normal(size=(len(NAMES), 4)).astype(np.float16)
    np.save(listed / "features.npy", given)
    found = loaded(listed)
    check(found)
    assert found.images is None
    assert found.features.dtype == np.float32
    np.testing.assert_array_equal(found.features, given.astype(np.float32))
    assert found.provenance["features"] == {"name": "features", "file": "features.npy"}
    assert "features.npy" in found.provenance["files"]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((34, 4)), "has 34 rows for 35 in images.csv"),
        (np.zeros((36, 4)), "has 36 rows for 35 in images.csv"),
        (np.zeros(35), r"is float64 \(35,\)"),
        (np.full((35, 2), np.nan), "it has NaN or infinite values in 35 rows, first row 0"),
        (np.array([["a"]]), "is <U1"),
    ],
)
def test_features_that_do_not_fit(listed, array, message):
    np.save(listed / "features.npy", array)
    with pytest.raises(ValueError, match=rf"features\.npy: {message}"):
        loaded(listed)


def test_features_that_are_pickled_or_damaged_are_not_read(listed):
    np.save(listed / "features.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(ValueError, match=r"features\.npy: .*allow_pickle=False"):
        loaded(listed)
    (listed / "features.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(ValueError, match=r"features\.npy: .*numpy\.save"):
        loaded(listed)


def test_features_need_a_list_of_images(folder):
    np.save(folder / "features.npy", np.zeros((35, 4)))
    with pytest.raises(ValueError, match=r"nothing says of which images: add images\.csv"):
        loaded(folder)


def test_a_replaced_image_changes_the_provenance(folder):
    """`features` depends on it, and on no image: it has to know."""
    before = json.dumps(loaded(folder).provenance)
    assert json.dumps(loaded(folder).provenance) == before
    pixels(77).save(folder / "images/ant/0.png")
    after = loaded(folder).provenance
    assert json.dumps(after) != before
    assert after["images"]["count"] == len(NAMES)
    assert after["split"] == {"name": "drawn", "test_share": 0.2, "seed": 0}


def test_without_captions_there_are_none(folder):
    (folder / "captions.csv").unlink()
    assert loaded(folder).captions is None


def test_several_captions_of_an_image_stay_in_order(folder):
    with (folder / "captions.csv").open("a") as file:
        file.write("ant/1.png,  two   words \nant/1.png,three\n")
    assert loaded(folder).captions[1] == ("one, ant/1.png", "two words", "three")


def test_the_folder_may_be_a_link_and_a_relative_path(folder, monkeypatch):
    """Large images stay where they are: the folder of all is a link, not the image."""
    (folder / "images").rename(folder.parent / "far")
    (folder / "images").symlink_to(folder.parent / "far")
    monkeypatch.chdir(folder.parent)
    found = loaded(Path("mine"))
    assert found.images[0] == Path("mine/images/ant/0.png")
