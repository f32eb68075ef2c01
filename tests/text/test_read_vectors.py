"""Files in every format, written here byte by byte, whole and broken."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zslcore.text import word2vec_binary
from zslcore.text.read_vectors import read

EXACT = settings(deadline=None, derandomize=True, max_examples=15)
HELD = {
    "the": [0.5, -1.25, 3.0],
    "Red": [1.0, 2.0, 3.0],
    "red": [0.1, 1e-7, -2.5e10],
    "RED": [7.0, 7.0, 7.0],
    "Éclair": [4.0, 5.0, 6.0],
    "ÉCLAIR": [8.0, 8.0, 8.0],
    "10": [0.0, 0.0, 0.25],
}
WANTED = ("éclair", "10", "blue", "red")
FOUND = np.array([HELD["Éclair"], HELD["10"], HELD["red"]], dtype=np.float32)


def lines(held, head="", end=""):
    rows = (f"{word} {' '.join(map(repr, row))}{end}\n" for word, row in held.items())
    return (head + "".join(rows)).encode()


def binary(held, end=b"\n", n=None, dimension=3):
    rows = (word.encode() + b" " + struct.pack("<3f", *row) + end for word, row in held.items())
    return f"{len(held) if n is None else n} {dimension}\n".encode() + b"".join(rows)


FILES = {
    "word2vec.txt": lines(HELD, "7 3\n", " "),  # the original writes a blank at the end
    "fasttext.vec": lines(HELD, "7 3\n"),
    "glove.txt": lines(HELD),
    "windows.txt": lines(HELD, "7 3\n").replace(b"\n", b"\r\n"),
    "tabs.txt": lines(HELD).replace(b" ", b"\t"),
    "wide.txt": lines(HELD).replace(b" ", b"  "),
    "unended.txt": lines(HELD).removesuffix(b"\n"),
    "word2vec.bin": binary(HELD),
    "google.bin": binary(HELD, b""),
}


def written(folder, name, content):
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_wanted_words_in_their_order(tmp_path, name, packed):
    """Exact before any case, else the first of another case; the missing one is left out."""
    found = read(written(tmp_path, name + packed, FILES[name]), WANTED)
    assert found.words == ("éclair", "10", "red")
    np.testing.assert_array_equal(found.array, FOUND)
    assert found.array.dtype == np.float32


@pytest.mark.parametrize("name", ["a.txt", "a.bin"])
def test_of_equal_words_the_first_counts(tmp_path, name):
    held = {"a": [1.0, 1, 1], "b": [2.0, 2, 2]}
    content = (lines if name == "a.txt" else binary)(held).replace(b"b ", b"a ")
    assert read(written(tmp_path, name, content), ["a"]).array.tolist() == [[1, 1, 1]]


def test_words_with_blanks_in_them_are_passed_over(tmp_path):
    """As in GloVe's largest files; the number in front of the last is part of the word, too."""
    content = (
        b"red 1 2 3\n 5 5 5\n. . . 4 5 6\nred name@x.org 7 8 9\nnew 2 york 1 1 1\nblue 4 4 4\n"
    )
    found = read(written(tmp_path, "glove.txt", content), ["red", "blue", ".", "new"])
    assert found.words == ("red", "blue")
    assert found.array.tolist() == [[1, 2, 3], [4, 4, 4]]


def test_blank_lines_and_words_that_are_no_utf_8_do_no_harm(tmp_path):
    content = b"5 2\n\xff\xfe 1 1\n\xc3\x28 2 2\nred 3 4\n\xc2\xa0 5 5\n\xc2\x85 6 6\n\n\n"
    assert read(written(tmp_path, "a.txt", content), ["red"]).array.tolist() == [[3, 4]]


def test_numbers_as_words_need_no_header_and_are_none(tmp_path):
    """Three fields in the first line: a word and two numbers. Two whole numbers: a header."""
    assert read(written(tmp_path, "a.txt", b"10 20 30\n1 2 3\n"), ["10"]).array.tolist() == [
        [20, 30]
    ]
    assert read(written(tmp_path, "b.txt", b"1 2\n1 5 6\n"), ["1"]).array.tolist() == [[5, 6]]


@EXACT
@given(
    st.dictionaries(
        st.text("abAB19é", min_size=1, max_size=3),
        st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([b"", b"\n"]),
)
def test_what_is_written_is_read(tmp_path_factory, held, end):
    """Of numbers that hold the byte of a blank or of a line break, too."""
    folder = tmp_path_factory.mktemp("held")
    wanted = [word for word in held if word == word.lower()]
    if not wanted:
        return
    for name, content in {
        "a.bin": binary(held, end),
        "a.vec": lines(held, f"{len(held)} 3\n"),
    }.items():
        found = read(written(folder, name, content), wanted)
        assert found.words == tuple(wanted)
        np.testing.assert_array_equal(
            found.array, np.array([held[word] for word in wanted], dtype=np.float32)
        )


@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("chunk", [1, 7, 12, 13, 64, 1000])
def test_words_and_vectors_across_the_borders_of_chunks(tmp_path, monkeypatch, chunk, end):
    """Vectors of bytes that look like blanks and line breaks; words of 1 to 40 characters."""
    monkeypatch.setattr(word2vec_binary, "CHUNK", chunk + 42)
    rng = np.random.default_rng(chunk)
    tricky = np.frombuffer(b"    \n\n\n\n \n \n", dtype="<f4")
    held = {"w" * n: tricky[rng.integers(0, 3, 3)].tolist() for n in range(1, 41)}
    found = read(written(tmp_path, "a.bin", binary(held, end)), held)
    np.testing.assert_array_equal(found.array, np.array(list(held.values()), dtype=np.float32))


def test_what_follows_the_last_word_is_seen_behind_the_last_chunk_too(tmp_path, monkeypatch):
    """Eight bytes and a vector of twelve are read at once: just the one word."""
    monkeypatch.setattr(word2vec_binary, "CHUNK", 8)
    content = binary({"sparrow": [1.0, 2, 3]}, b"")
    assert read(written(tmp_path, "a.bin", content), ["sparrow"]).words == ("sparrow",)
    assert read(written(tmp_path, "a.bin", content + b"\n"), ["sparrow"]).array.any()
    with pytest.raises(ValueError, match="it goes on after the 1 words"):
        read(written(tmp_path, "a.bin", content + b"bb"), ["sparrow"])


def test_little_memory_is_needed(tmp_path):
    """A file of 12 MB, of which two words are wanted."""
    n, dimension = 10_000, 300
    row = struct.pack("<300f", *range(dimension))
    content = b"".join(b"w%d " % i + row for i in range(n))
    path = written(tmp_path, "a.bin", f"{n} {dimension}\n".encode() + content)
    tracemalloc.start()
    found = read(path, ["w0", "w9999"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.array.tolist() == [list(range(dimension))] * 2
    assert peak < 4e6


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "it begins with b'', not with a word and its vector"),
        ("a.txt", b"red\n", "it begins with b'red.n', not with a word"),
        ("a.txt", b"red 1 2 3\nthe 1 2\n", "line 2 has 2 numbers, the file's dimension is 3"),
        ("a.txt", b"red 1 2 3\n\nthe 1 2 3 4\n", "line 3 has 4 numbers, .* is 3"),
        ("a.txt", b"red 1 2 3\nthe 1 2 \n", "line 2 has 2 numbers"),
        ("a.txt", b"blue 1 2 3 4 5 6 7 8\nthe 1 x 3 4 5 6\n", "line 2 has 6 numbers, .* is 8"),
        ("a.txt", b"red 1 2 3\nthe\n", "line 2 has 0 numbers"),
        ("a.vec", b"2 3\nred 1 2\nthe 1 2 3\n", "line 2 has 2 numbers, .* is 3"),
        ("a.vec", b"1 3\nred 1 2 3 4\n", "line 2 has 4 numbers, .* is 3"),
        (
            "a.vec",
            b"3 2\nred 1 2\nthe 1 2\n",
            "it has 2 words, its first line announces 3: it is t",
        ),
        ("a.vec", b"1 2\nred 1 2\nthe 1 2\n", "it has 2 words, its first line announces 1"),
        (
            "a.txt",
            binary(HELD),
            "line 2 has .*; if the file is binary, its name has to end in .bin",
        ),
        ("a.txt", b"red 1 x 3\n", r"the vector of 'red': could not convert .*b'x'"),
        ("a.txt", b"the 1 2 3\nred  2 3\n", "of 'red': it has 2 numbers, .* dimension is 3"),
        ("a.txt", b"red 1 nan 3\n", "the vector of 'red': it has NaN or infinite values"),
        ("a.txt", b"red 1 1e39 3\n", "the vector of 'red': it has NaN or infinite values"),
        (
            "a.txt",
            b"the 1 2 3\n",
            "it has none of the 3 wanted words, such as red, blue, ",
        ),
        ("a.bin", b"", "it begins with b'', not with the number of words and that"),
        (
            "a.bin",
            b"red 1 2 3\n",
            "it begins with b'red 1 2 3.n', .*fastText's own .bin is another",
        ),
        ("a.bin", b"\xba\x16\x4f\x2f\x0c\0\0\0", "fastText's own .bin"),
        ("a.bin", b"0 3\n", "it begins with b'0 3.n'"),
        ("a.bin", binary({"the": [1.0, 2, 3]}, b""), "it has none of the 3 wanted words"),
        ("a.bin", binary(HELD, n=8), "it ends in word 8 of the 8 that its first line announces"),
        ("a.bin", binary(HELD)[:-2], "it ends in word 7 of the 7"),
        ("a.bin", binary(HELD)[:-16], "it ends in word 7 of the 7"),
        ("a.bin", binary(HELD, b"", n=6), "it goes on after the 6 words"),
        ("a.bin", binary({"red": [1.0, np.nan, 3]}), "the vector of 'red': it has NaN"),
        ("a.bin", binary({"Red": [1.0, np.inf, 3]}), "the vector of 'Red': it has NaN or inf"),
    ],
)
def test_files_that_are_broken(tmp_path, name, content, message):
    for path in (written(tmp_path, name, content), written(tmp_path, f"{name}.gz", content)):
        with pytest.raises(ValueError, match=message) as caught:
            read(path, ["red", "blue", "green"])
        assert str(caught.value).startswith(f"{path}: ")


def test_a_vector_that_nobody_wants_may_be_broken(tmp_path):
    content = b"the 1 nan 3\nblue 1 x 3\nred 1 2 3\n"
    assert read(written(tmp_path, "a.txt", content), ["red"]).words == ("red",)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda packed: packed[:-9],
        lambda packed: packed[: len(packed) // 2],
        lambda packed: packed[:40] + b"\0\0\0\0" + packed[44:],
        lambda packed: packed[:-8] + b"\0\0\0\0" + packed[-4:],
        lambda packed: b"red 1 2 3\n",
    ],
)
@pytest.mark.parametrize("name", ["a.bin.gz", "a.vec.gz"])
def test_damaged_archives(tmp_path, name, spoil):
    held = {f"w{i}": [i / 7, i / 3, i / 11] for i in range(99)} | HELD
    content = binary(held) if ".bin" in name else lines(held, f"{len(held)} 3\n")
    path = tmp_path / name
    path.write_bytes(spoil(gzip.compress(content)))
    with pytest.raises(ValueError, match=rf"{name} is truncated or damaged: "):
        read(path, ["red", "w98"])


def test_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"there is no file of word vectors .*none\.bin"):
        read(tmp_path / "none.bin", ["red"])
