"""Vectors of whole captions, by their text."""

import numpy as np
import pytest

from tests.text.test_config import TEXT
from zslcore.text.config import Text
from zslcore.text.encode import encode
from zslcore.text.sentences import Sentences
from zslcore.text.tokens import FIRST, PADDING, UNKNOWN
from zslcore.text.vocabulary import Vocabulary

CAPTIONS = [("A red bird.", " a red bird. "), ("it flies", "", "A red bird."), ("  ",)]
LINES = ("it flies", "unused", " a red bird.\t", "A red bird.", "it flies")
TOLD = "\n".join(LINES) + "\n"
VECTORS = np.arange(10, dtype=np.float64).reshape(5, 2) + 1


@pytest.fixture
def pair(tmp_path):
    """`pair(vectors, text)`: the path of both files."""

    def written(vectors=VECTORS, text=TOLD):
        np.save(tmp_path / "clip.v1.npy", vectors)
        (tmp_path / "clip.v1.txt").write_text(text, encoding="utf-8")
        return tmp_path / "clip.v1.npy"

    return written


@pytest.fixture
def sentences():
    return Sentences.of(CAPTIONS)


def test_captions_are_told_apart_as_they_stand_but_for_blanks_around_them(sentences):
    assert sentences.captions == ("A red bird.", "a red bird.", "it flies")


def test_each_caption_is_one_id_and_an_empty_one_is_unknown(sentences):
    tokens = sentences.encode(CAPTIONS)
    assert tokens.ids.tolist() == [[FIRST], [FIRST + 1], [FIRST + 2], [UNKNOWN]]
    assert tokens.lengths.tolist() == [1, 1, 1, 1]
    assert tokens.index.tolist() == [0, 1, 2, 3, 0, 3]
    assert tokens.start.tolist() == [0, 2, 5]
    assert tokens.count.tolist() == [2, 3, 1]


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_ids_have_the_vector_beside_their_caption_and_empty_ones_zeros(sentences, pair, kind):
    table = sentences.table(pair(VECTORS.astype(kind)))
    assert table.dtype == np.float32
    assert table.tolist() == [[0, 0], [0, 0], [7, 8], [5, 6], [1, 2]]
    assert (PADDING, UNKNOWN, FIRST) == (0, 1, 2)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_may_end_as_on_any_system(pair, end, mark):
    text = mark + (end or "\n").join(("été, un oiseau", "x")) + end
    table = Sentences.of([("été, un oiseau",)]).table(pair(VECTORS[:2], text))
    assert table[FIRST].tolist() == [1, 2]


def test_characters_that_only_python_takes_for_line_ends_are_of_the_caption(pair):
    captions = ("one\u2028two", "a\x0bb")
    table = Sentences.of([captions]).table(pair(VECTORS[:2], "\n".join(captions)))
    assert table[FIRST:].tolist() == [[1, 2], [3, 4]]


def test_captions_without_a_vector_are_counted_and_the_first_is_shown(pair):
    sentences = Sentences.of([("it flies", "It flies", "it swims", "It flies")])
    message = r"2 of 3 captions are not in .*clip\.v1\.txt, .*the first is 'It flies'"
    with pytest.raises(ValueError, match=message):
        sentences.table(pair())


def test_a_caption_that_was_not_there_when_it_was_made_is_shown(sentences):
    with pytest.raises(ValueError, match=r"1 of 2 captions are not in the captions of the problem"):
        sentences.encode([("it flies", "", "it swims"), ("it swims",)])


def test_images_without_captions_and_nothing_but_empty_captions_are_errors(sentences):
    with pytest.raises(ValueError, match="1 of 2 images have no caption, the first is image 1"):
        sentences.encode([("it flies",), ()])
    with pytest.raises(ValueError, match="captions of the 2 images are all empty"):
        Sentences.of([("",), (" ",)])


@pytest.mark.parametrize("gone", [".npy", ".txt"])
def test_a_missing_file_is_named(sentences, pair, gone):
    path = pair()
    path.with_suffix(gone).unlink()
    with pytest.raises(ValueError, match=rf"there is no file .*clip\.v1\{gone}; sentence vectors"):
        sentences.table(path)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (VECTORS[:4], r"clip\.v1\.txt has 5 captions, clip\.v1\.npy 4 vectors"),
        (VECTORS[:, 0], r"is of shape \(5,\) and type float64; wanted: floats"),
        (VECTORS[:, :0], r"is of shape \(5, 0\)"),
        (VECTORS.astype(int), "type int64"),
        (np.where(VECTORS == 6, np.nan, VECTORS), "NaN or infinite values in 1 rows"),
        (np.where(VECTORS == 6, 1e300, VECTORS), "NaN or infinite values in 1 rows"),
    ],
)
def test_vectors_that_are_none_are_errors(sentences, pair, vectors, message):
    with pytest.raises(ValueError, match=message):
        sentences.table(pair(vectors))


def test_what_is_wrong_with_vectors_that_are_not_asked_for_does_not_matter(pair):
    vectors = np.where(VECTORS == 6, np.nan, VECTORS)
    assert Sentences.of([("it flies",)]).table(pair(vectors))[FIRST].tolist() == [1, 2]


@pytest.mark.parametrize("content", [b"", b"it is no array", "pickle"])
def test_a_file_that_is_no_array_of_numbers_is_named(sentences, pair, content):
    path = pair()
    if content == "pickle":
        np.save(path, np.array([["a", None]], dtype=object), allow_pickle=True)
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"clip\.v1\.npy and clip\.v1\.txt cannot be read: "):
        sentences.table(path)


def test_files_keep_every_caption(sentences, tmp_path):
    sentences.save(tmp_path / "a.json")
    assert Sentences.load(tmp_path / "a.json") == sentences


def test_captions_are_encoded_by_what_is_known(sentences):
    text = Text.model_validate(TEXT | {"length": 2, "keep": "last"})
    vocabulary = Vocabulary.of(CAPTIONS, 10)
    assert vocabulary.decode(encode(vocabulary, CAPTIONS, text).ids[0]) == ["red", "bird"]
    assert np.array_equal(encode(sentences, CAPTIONS, text).ids, sentences.encode(CAPTIONS).ids)
