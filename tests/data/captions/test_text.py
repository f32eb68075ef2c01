"""What is repaired, dropped and counted."""

import json

import pytest

from tests.data.captions.layouts import write_text


@pytest.mark.parametrize(
    ("content", "captions", "empty"),
    [
        (b"a\r\nb\r\n", ["a", "b"], 0),
        (b"a\rb", ["a", "b"], 0),
        (b"\xef\xbb\xbfa\nb", ["a", "b"], 0),
        (b"  a \t bird  \n\n \t\nb\n\n", ["a bird", "b"], 3),
        ("a\u00a0b\u2028c\x0bd\n".encode(), ["a b c d"], 0),
        ("caf\u00e9\n".encode(), ["caf\u00e9"], 0),
        (b"", [], 0),
        (b"\n \n", [], 2),
    ],
)
def test_lines_and_white_space(here, tmp_path, content, captions, empty):
    write_text(tmp_path, {"a/x": content})
    found = here()
    assert found.of["x"] == (("a", tuple(captions)),)
    assert (found.noticed.empty, found.noticed.repaired) == (empty, 0)
    assert found.noticed.without == (() if captions else ("a/x",))


@pytest.mark.parametrize("name", ["text_c10/a/x.txt", "a.csv", "a.jsonl", "a.json"])
def test_bytes_that_are_no_utf8_are_repaired_and_counted(here, tmp_path, name):
    text = {
        "x.txt": "caf\u00e9 \ufffd\n\u00ff\u00fe\n",
        "a.csv": "image,caption\nx.jpg,caf\u00e9 \ufffd\nx.jpg,\u00ff\u00fe\n",
        "a.jsonl": '{"image": "x", "captions": ["caf\u00e9 \ufffd", "\u00ff\u00fe"]}',
        "a.json": '{"x": ["caf\u00e9 \ufffd", "\u00ff\u00fe"]}',
    }[name.split("/")[-1]]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    genuine = "\ufffd".encode()  # one that was in the file already is no repair
    path.write_bytes(genuine.join(part.encode("latin1") for part in text.split("\ufffd")))
    found = here()
    assert found.of["x"][0].captions == ("caf\ufffd \ufffd", "\ufffd\ufffd")
    assert found.noticed.repaired == 3


def test_half_a_character_of_json_is_repaired_too(here, tmp_path):
    (tmp_path / "a.json").write_text('{"x": ["a \\ud83d b"], "y\\ud83d": ["c"]}')
    found = here()
    assert found.of["x"][0].captions == ("a \ufffd b",)
    assert list(found.of) == ["x", "y\ufffd"]
    json.dumps([*found.of], ensure_ascii=False).encode()
    assert found.noticed.repaired == 1


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf16_is_told_from_stray_bytes(here, tmp_path, order):
    write_text(tmp_path, {"a/x": "\ufeffa bird\n".encode(order)})
    with pytest.raises(ValueError, match=r"a/x\.txt is UTF-16; .*save it as"):
        here()


def test_extensions_in_upper_case_and_extensions_of_images(texts, tmp_path):
    write_text(tmp_path, {"a/x": ["one"], "a/Y.JPG": ["two"], "a/z.5": ["three"]})
    (tmp_path / "a/x.txt").rename(tmp_path / "a/X.TXT")
    assert texts() == {"x": ["one"], "y": ["two"], "z.5": ["three"]}


def test_hidden_files_are_not_captions(texts, tmp_path):
    write_text(tmp_path, {"a/x": ["one"], "a/._x": b"\0\5\x16\7", "a/.y": ["two"]})
    assert texts() == {"x": ["one"]}


def test_files_whose_names_differ_in_case_only_are_of_one_image(here, tmp_path):
    write_text(tmp_path, {"a/X": ["one"], "a/x": ["two"], "a/y": ["three"]})
    if len(list((tmp_path / "a").iterdir())) < 3:
        pytest.skip("this file system does not tell x from X")
    found = here()
    assert found.of["x"] == (("a", ("one", "two")),)
    assert found.noticed.merged == ("a/x",)
    assert found.noticed.several == ()


def test_stems_are_in_order_whatever_their_folders(here, tmp_path):
    write_text(tmp_path, {"a/z": ["one"], "b/X": ["two"], "c/y": ["three"]})
    assert list(here().of) == ["x", "y", "z"]


def test_a_stem_in_two_class_folders_is_of_two_images(here, tmp_path):
    write_text(tmp_path, {"B/x": ["one"], "a/x": ["two"], "a/y": ["three"]})
    found = here()
    assert found.of["x"] == (("a", ("two",)), ("B", ("one",)))
    assert found.noticed.several == ("x",)
    assert found.noticed.merged == ()


def test_rows_of_one_image_are_nothing_unusual_but_files_are(here, tmp_path):
    (tmp_path / "a.csv").write_text("image,caption\na/x,one\nb/y,two\na/x,three\n")
    assert here().of["x"][0].captions == ("one", "three")
    assert here().noticed.merged == ()
    (tmp_path / "a.csv").unlink()
    (tmp_path / "a.json").write_text(
        '[{"image": "x", "captions": "1"}, {"image": "x", "captions": "2"}]'
    )
    assert here().of["x"][0].captions == ("1", "2")
    assert here().noticed.merged == ("x",)
