"""Captions to ids and back."""

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zslcore.text.vocabulary import Vocabulary
from zslcore.text.words import split

EXACT = settings(deadline=None, derandomize=True, max_examples=60)
CAPTIONS = [["A red bird.", "red, red!"], ["the bird", "a blue bird", "A red bird"]]
# red 4, bird 4, a 3, blue 1, the 1


def made(captions=CAPTIONS, size=10):
    return Vocabulary.of(captions, size)


def images(words=("a", "b", "cc", "0", "1", "zz", "unknown")):
    """One to four images of one to four captions of up to seven words."""
    caption = st.lists(st.sampled_from(words), max_size=7).map(" ".join)
    return st.lists(st.lists(caption, min_size=1, max_size=4), min_size=1, max_size=4)


def test_the_most_frequent_words_first_and_equals_by_name():
    assert made().words == ("bird", "red", "a", "blue", "the")
    assert made().counts == (4, 4, 3, 1, 1)
    assert made().total == 13
    assert made(size=2).words == ("bird", "red")
    assert (made(size=2).counts, made(size=2).total) == ((4, 4), 13)
    assert made(size=4).words == ("bird", "red", "a", "blue")


def test_neither_the_order_of_images_nor_that_of_captions_matters():
    assert made([list(reversed(image)) for image in reversed(CAPTIONS)]) == made()


def test_ids_by_hand():
    """bird 2, red 3, a 4; blue and the are unknown, 1. Two captions of the three-word kind."""
    found = made(size=3).encode([*CAPTIONS, ["...", "A RED BIRD", "the"]], 4, "first")
    rows = [[4, 3, 2, 0], [3, 3, 0, 0], [1, 2, 0, 0], [4, 1, 2, 0], [1, 0, 0, 0]]
    np.testing.assert_array_equal(found.ids, rows)
    assert found.lengths.tolist() == [3, 2, 2, 3, 1]
    assert found.index.tolist() == [0, 1, 2, 3, 0, 4, 0, 4]
    assert found.start.tolist() == [0, 2, 5]
    assert found.count.tolist() == [2, 3, 3]
    assert found.rows(1).tolist() == [2, 3, 0]
    assert found.ids.dtype == np.int32
    others = (found.lengths, found.index, found.start, found.count)
    assert {array.dtype for array in others} == {np.dtype(np.int64)}


@pytest.mark.parametrize(
    ("keep", "words"), [("first", ["bird", "red", "a"]), ("last", ["a", "blue", "the"])]
)
def test_over_long_captions_keep_one_end(keep, words):
    vocabulary = made()
    found = vocabulary.encode([["bird red a blue the"], ["bird the"]], 3, keep)
    assert vocabulary.decode(found.ids[0]) == words
    assert vocabulary.decode(found.ids[1]) == ["bird", "the"]
    assert found.lengths.tolist() == [3, 2]


@EXACT
@given(images(), st.integers(1, 8), st.sampled_from(["first", "last"]), st.integers(1, 6))
def test_decoding_gives_the_kept_words_back(captions, length, keep, size):
    if not any(split(c) for image in captions for c in image):
        return
    vocabulary = made(captions, size)
    found = vocabulary.encode(captions, length, keep)
    for i, image in enumerate(captions):
        decoded = [vocabulary.decode(row) for row in found.ids[found.rows(i)]]
        for told, words in zip(image, decoded, strict=True):
            kept = split(told)[:length] if keep == "first" else split(told)[-length:]
            seen = [word if word in vocabulary.words else "<unknown>" for word in kept]
            assert words == (seen or ["<unknown>"])


@EXACT
@given(images(), st.randoms(use_true_random=False))
def test_the_order_of_an_images_captions_does_not_change_its_set(captions, random):
    vocabulary = made()
    shuffled = [random.sample(image, len(image)) for image in captions]
    there, back = (vocabulary.encode(told, 5, "first") for told in (captions, shuffled))
    for i in range(len(captions)):
        first, second = (Counter(map(tuple, t.ids[t.rows(i)].tolist())) for t in (there, back))
        assert first == second


@EXACT
@given(images())
def test_every_row_is_stored_once_used_and_padded_at_its_end_only(captions):
    found = made().encode(captions, 4, "last")
    assert len(np.unique(found.ids, axis=0)) == len(found.ids)
    assert set(found.index.tolist()) == set(range(len(found.ids)))
    inside = np.arange(4) < found.lengths[:, None]
    assert (found.ids[inside] > 0).all()
    assert (found.ids[~inside] == 0).all()
    assert found.lengths.min() >= 1
    assert found.count.sum() == len(found.index) == sum(map(len, captions))


def test_words_that_look_like_ids_are_words():
    vocabulary = made([["0 1 2 2 2 <unknown> <padding>"]])
    assert vocabulary.words == ("2", "0", "1", "padding", "unknown")
    found = vocabulary.encode([["2 1 0 3 unknown"]], 6, "first")
    assert found.ids.tolist() == [[2, 4, 3, 1, 6, 0]]
    assert vocabulary.decode(found.ids[0]) == ["2", "1", "0", "<unknown>", "unknown"]


def test_no_image_is_no_caption():
    found = made().encode([], 4, "first")
    assert found.ids.shape == (0, 4)
    assert {len(a) for a in (found.lengths, found.index, found.start, found.count)} == {0}


def test_it_comes_back_from_json(tmp_path):
    vocabulary = made([["éclair 10 straße a", "鳥 a"]])
    vocabulary.save(tmp_path / "new" / "vocabulary.json")
    assert Vocabulary.load(tmp_path / "new" / "vocabulary.json") == vocabulary
    held = json.loads((tmp_path / "new" / "vocabulary.json").read_text(encoding="utf-8"))
    assert held["words"] == ["a", "10", "straße", "éclair", "鳥"]


@pytest.mark.parametrize(
    ("held", "message"),
    [
        (((), (), 0), "needs at least one word"),
        ((("red", "red"), (1, 1), 2), "has 'red' more than once"),
        ((("a", "Red"), (1, 1), 2), "has 'Red', which is not one word in lower case"),
        ((("a b",), (1,), 1), "has 'a b', which is not one word"),
        ((("a", "b"), (1,), 2), "1 counts with the sum 1 do not fit 2 words"),
        ((("a", "b"), (1, 2), 2), "2 counts with the sum 3 do not fit 2 words in captions of 2 w"),
    ],
)
def test_vocabularies_that_cannot_be(held, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(*held)


def test_captions_without_a_word_make_no_vocabulary():
    with pytest.raises(ValueError, match="captions of the 2 training images have no word"):
        made([["...", ""], ["!"]])


def test_an_image_without_captions_is_named():
    with pytest.raises(ValueError, match=r"2 of 4 images have no caption, the first is image 1 "):
        made().encode([["a"], [], ["b"], []], 4, "first")


def test_a_length_of_nothing():
    with pytest.raises(ValueError, match="keep 0 words; allowed: 1 or more"):
        made().encode(CAPTIONS, 0, "last")
