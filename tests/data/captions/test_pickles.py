"""Pickles: asked for, and then restricted."""

import os
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from tests.data.captions.layouts import (
    IMAGES,
    pickled,
    write_attngan_pickle,
    write_stackgan_pickle,
    write_text,
)
from zslcore.data.captions.unpickle import loads

BY_STEM = {name.split("/")[1].lower(): captions for name, captions in IMAGES.items()}


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("layout", ["auto", "attngan_pickle", "stackgan_pickle"])
def test_no_pickle_is_read_unasked(here, tmp_path, layout, monkeypatch):
    write_attngan_pickle(tmp_path)
    if layout == "stackgan_pickle":
        write_text(tmp_path / "text")
    monkeypatch.setattr("zslcore.data.captions.unpickle._Reader", None)
    with pytest.raises(ValueError, match=r"can make the program .* do anything.*unpickle: true"):
        here(layout=layout)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_malicious_pickle_does_nothing(here, tmp_path, protocol):
    mark = tmp_path / "mark"
    write_attngan_pickle(tmp_path)
    pickled(tmp_path / "train/filenames.pickle", [Evil(mark)], protocol)
    with pytest.raises(ValueError, match=r"filenames\.pickle .* asks for (posix|nt)\.system;"):
        here(unpickle=True)
    assert not mark.exists()
    pickle.loads((tmp_path / "train/filenames.pickle").read_bytes())
    assert mark.exists()  # it would have


@pytest.mark.parametrize(
    ("content", "asked"),
    [
        (b"cbuiltins\neval\n(S'1'\ntR.", r"builtins\.eval"),
        (b"c__builtin__\nopen\n(S'x'\ntR.", r"__builtin__\.open"),
        (b"(S'x'\nios\nsystem\n.", r"os\.system"),
        (b"cnumpy\nload\n(S'x'\ntR.", r"numpy\.load"),
        (b"cnumpy\nndarray.tofile\n.", r"numpy\.ndarray\.tofile"),
        (b"\x80\x04\x8c\x05numpy\x8c\x0edtype.__init__\x93.", r"numpy\.dtype\.__init__"),
        (pickle.dumps(OrderedDict(a=1)), r"collections\.OrderedDict"),
        (pickle.dumps(Path("x")), r"pathlib\."),
        (pickle.dumps({1, 2}, 2), r"__builtin__\.set|builtins\.set"),
    ],
)
def test_whatever_else_a_pickle_asks_for_is_named(content, asked):
    with pytest.raises(ValueError, match=rf"it asks for {asked}.*; allowed are lists, tuples"):
        loads(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"Ppersistent\n.",
        pickle.dumps([1, 2])[:-1],
        pickle.dumps(np.zeros(2, dtype="i4,O")),
        pickle.dumps(np.zeros(2, dtype="datetime64[s]")),
        pickle.dumps(np.array([["a"]], dtype=object)),
        pickle.dumps(np.arange(3)).replace(b"i8", b"O8"),
        b"c_codecs\nencode\n(S'x'\nS'punycode'\ntR.",
    ],
)
def test_pickles_that_are_broken_or_hold_other_arrays(content):
    with pytest.raises(ValueError, match="cannot be unpickled"):
        loads(content)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_come_as_lists(protocol):
    arrays = [
        np.arange(5),
        np.arange(6, dtype=">i2").reshape(2, 3),
        np.asfortranarray(np.arange(6, dtype="u1").reshape(2, 3)),
        np.array([0.5, -1], dtype="f4"),
        np.array([True, False]),
        np.array(["a", "bird"]),
        np.array([b"a", b"bird"]),
        np.array(["a", [1, 2]], dtype=object),
        np.zeros((0,), dtype="i4"),
        np.zeros((0, 3), dtype="i4"),
    ]
    held = [1, 2.5, "a", b"b", None, True, (1, [2]), {"k": np.int64(3)}, np.float32(0.25), *arrays]
    expected = [*held[:7], {"k": 3}, 0.25, *(array.tolist() for array in arrays)]
    found = loads(pickle.dumps(held, protocol))
    assert found == expected
    assert type(found[7]["k"]) is int


def test_pickles_of_python_2_and_of_older_numpy():
    state = b"(I1\n(I2\ntcnumpy\ndtype\n(S'i2'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\n"
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR" + state
    assert loads(b"(l" + array + b"S'\\x01\\x00\\xff\\x00'\ntbaS'caf\\xe9'\na.") == [
        [1, 255],
        "caf\u00e9",
    ]


@pytest.mark.parametrize("as_array", [True, False])
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_word_ids_in_lists_and_arrays(texts, tmp_path, as_array, protocol):
    write_attngan_pickle(tmp_path, as_array=as_array, protocol=protocol)
    assert texts(unpickle=True) == BY_STEM


def test_names_in_bytes(texts, tmp_path):
    write_attngan_pickle(tmp_path)
    pickled(tmp_path / "test/filenames.pickle", [b"002.Crow/Crow.v2_0003"])
    assert texts(unpickle=True) == BY_STEM


def test_a_caption_of_no_words_is_empty(here, tmp_path):
    write_attngan_pickle(tmp_path, test={"b/z": ["", "a bird"]})
    found = here(unpickle=True)
    assert found.of["z"][0].captions == ("a bird",)
    assert found.noticed.empty == 1


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ([[], []], r"is to be a list of \[train, test, ixtoword, wordtoix\]"),
        ({"a": 1}, r"is to be a list of \[train"),
        ([[[1]] * 3, [[1]], {1: "a"}, {}], r"3 captions for the 2 images of .*train.*a multiple"),
        ([[[1]] * 2, [[2]], {1: "a"}, {}], r"a word id that its ixtoword lacks"),
        ([[[1]] * 2, ["ab"], {1: "a"}, {}], r"a caption that is no list of word ids"),
        ([[[1]] * 2, [3], {1: "a"}, {}], r"a caption that is no list of word ids"),
        ([[[1]] * 2, [[0.5]], {1: "a"}, {}], r"a caption that is no list of word ids"),
        ([3, [[1]], {1: "a"}, {}], r"has no list of captions for .*train"),
    ],
)
def test_captions_that_are_not_those_of_attngan(here, tmp_path, held, message):
    write_attngan_pickle(tmp_path)
    pickled(tmp_path / "captions.pickle", held)
    with pytest.raises(ValueError, match=rf"captions\.pickle .*{message}|{message}"):
        here(unpickle=True)


@pytest.mark.parametrize("part", ["train", "test"])
def test_captions_of_attngan_need_both_lists(here, tmp_path, part):
    write_attngan_pickle(tmp_path)
    (tmp_path / part / "filenames.pickle").unlink()
    with pytest.raises(ValueError, match=r"Looked for was attngan_pickle: captions\.pickle with"):
        here(layout="attngan_pickle", unpickle=True)


@pytest.mark.parametrize("names", [[], {"a": 1}, [3], [""], "ab/c", None])
def test_lists_that_name_no_images(here, tmp_path, names):
    write_attngan_pickle(tmp_path)
    pickled(tmp_path / "test/filenames.pickle", names)
    with pytest.raises(ValueError, match=r"test/filenames\.pickle is to be a list of the names"):
        here(unpickle=True)


@pytest.mark.parametrize(
    "name", ["../../secret", "/secret", "a/../../../secret", "..\\..\\secret", "C:\\secret", "a\0b"]
)
def test_a_list_of_images_never_leaves_the_folder(here, tmp_path, name):
    (tmp_path / "secret.txt").write_text("secret")
    write_stackgan_pickle(tmp_path / "c")
    pickled(tmp_path / "c/test/filenames.pickle", [name])
    with pytest.raises(ValueError, match=r"which is outside of the folder of texts"):
        here("c", layout="stackgan_pickle", unpickle=True)


def test_stackgan_lists_choose_among_the_texts(here, tmp_path):
    write_stackgan_pickle(tmp_path)
    pickled(tmp_path / "train/filenames.pickle", ["001.Black_Albatross/Albatross_0002", "a/gone"])
    found = here(layout="stackgan_pickle", unpickle=True)
    assert list(found.of) == ["albatross_0002", "crow.v2_0003", "gone"]
    assert found.noticed.without == ("a/gone",)
    assert found.files == 4


def test_stackgan_without_texts(here, tmp_path):
    pickled(tmp_path / "train/filenames.pickle", ["a/b"])
    with pytest.raises(ValueError, match=r"vectors but no text; put the folder text_c10 or text"):
        here(unpickle=True)
