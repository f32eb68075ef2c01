"""Class vectors from each of the places they may be from."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.data.sources.coco.made import VECTORS, settings
from zslcore.data.panoptic.annotations import Category
from zslcore.data.panoptic.splits import published
from zslcore.data.sources.coco.class_vectors import describe, words_of
from zslcore.text.read_vectors import read as read_words

NAMES = tuple(VECTORS)


def described(folder, names=NAMES, categories=(), **vectors):
    return describe(folder, settings(vectors), names, categories, read_words)


def test_given_vectors_are_put_in_the_order_of_the_classes(folder):
    found = described(folder, names=("road", "cat", "grass", "cow"))
    assert found.vectors.dtype == np.float32
    expected = [VECTORS[name] for name in ("road", "cat", "grass", "cow")]
    np.testing.assert_array_equal(found.vectors, expected)
    assert found.attribute_names == ()


def test_vectors_are_scaled_on_request(folder):
    found = described(folder, norm="l2").vectors
    np.testing.assert_allclose(found[0], [0.6, 0.8], rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-6)


def test_a_header_names_the_attributes(folder):
    (folder / "v.csv").write_text('class,"is, big",furry\ncat,0,1\ncow,1,0.5\n')
    found = described(folder, names=("cat", "cow"), path="v.csv")
    assert found.attribute_names == ("is, big", "furry")
    np.testing.assert_array_equal(found.vectors, [[0, 1], [1, 0.5]])


def test_npz_has_an_array_for_each_class(folder):
    np.savez(folder / "v.npz", **{name: np.array(v) for name, v in VECTORS.items()})
    np.testing.assert_array_equal(described(folder, path="v.npz").vectors, list(VECTORS.values()))


def test_no_pickle_is_read(folder):
    np.savez(folder / "v.npz", cat=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match=r"v\.npz: cannot be read"):
        described(folder, path="v.npz")


def test_a_class_without_a_vector_is_named_with_the_nearest(folder):
    with pytest.raises(
        ValueError, match="1 of 2 classes have none, such as 'cats'; did you mean cat"
    ):
        described(folder, names=("cats", "cow"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cat,1,2\ncow,1\n", "'cow' has shape"),
        ("cat,1\ncat,2\n", "row 2: 'cat' has a vector already"),
        ("cat,1,nan\ncow,1,2\n", "'cat' has NaN"),
        ("cat,1,2\ncow,1,x\n", "row 2: .*'x'"),
        ("class,a,b\ncat,1\n", "as the header has"),
        ("cat\ncow\n", "has shape"),
        ("", "has no class"),
        ("cat,0,0\ncow,1,2\n", "the vector of cat is 0"),
    ],
)
def test_files_that_are_not_in_order_are_refused(folder, text, message):
    (folder / "v.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        described(folder, names=("cat", "cow"), path="v.csv")


@pytest.mark.parametrize("path", ["nowhere.csv", "train.json"])
def test_files_that_are_no_vectors_are_refused(folder, path):
    with pytest.raises(ValueError, match=path):
        described(folder, path=path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sky-other-merged", ["sky"]),
        ("sports ball", ["sports", "ball"]),
        ("wall-brick", ["wall", "brick"]),
        ("door-stuff", ["door"]),
        ("other", ["other"]),
    ],
)
def test_words_of_a_name_say_what_it_is(name, words):
    assert words_of(name) == words


def test_word_vectors_are_of_the_phrase_or_the_mean_of_its_words(folder):
    (folder / "w.vec").write_text("sky 1 2\nsports 9 9\nball 9 9\nsports_ball 3 4\nwall 1 0\n")
    names = ("sky-other-merged", "sports ball", "wall-brick")
    found = described(folder, names=names, by="word2vec", path="w.vec")
    np.testing.assert_array_equal(found.vectors, [[1, 2], [3, 4], [1, 0]])
    (folder / "w.vec").write_text("wall 1 0\nbrick 0 3\n")
    found = described(folder, names=names[2:], by="word2vec", path="w.vec")
    np.testing.assert_array_equal(found.vectors, [[0.5, 1.5]])


def test_a_class_without_a_word_vector_is_named(folder):
    (folder / "w.vec").write_text("wall 1 0\n")
    with pytest.raises(ValueError, match=r"word2vec.*'cat'"):
        described(folder, names=("wall-brick", "cat"), by="word2vec", path="w.vec")


def test_the_text_of_zsi_is_in_the_order_of_its_split(folder):
    of = published()["instances_48_17"]
    names = [*reversed(of.absent), *of.unseen, *of.seen]
    categories = [Category(k, name, True) for k, name in enumerate(names, 1)]
    order = ["background", *of.seen, *of.unseen]
    table = np.arange(2 * len(order)).reshape(2, -1)
    np.savetxt(folder / "zsi.txt", table, delimiter=",")
    cfg = settings({"by": "zsi", "path": "zsi.txt"}, split="instances_48_17", unseen=())
    found = describe(folder, cfg, of.unseen, categories, read_words).vectors
    at = [order.index(name) for name in of.unseen]
    np.testing.assert_array_equal(found, table[:, at].T)


def test_word_vectors_are_read_by_whoever_can(folder):
    def fake(path, words):
        return SimpleNamespace(words=("cat",), array=np.array([[2.0]], np.float32))

    cfg = settings({"by": "word2vec", "path": "any"})
    np.testing.assert_array_equal(describe(folder, cfg, ("cat",), (), fake).vectors, [[2]])
