"""What is said when there is nothing to read, too much, or something broken."""

import h5py
import numpy as np
import pytest

from tests.data.captions.layouts import WRITERS, write_hdf5, write_text


def test_nothing_there(here, tmp_path):
    with pytest.raises(ValueError, match="gone is missing: captions are read from a folder"):
        here("gone")
    with pytest.raises(ValueError, match=r"reed_text: text_c10/<class>/.*csv: .*There is nothing"):
        here()
    (tmp_path / "cvpr2016_cub.tar.gz").write_bytes(b"")
    with pytest.raises(ValueError, match=r"Archives are not unpacked here: unpack cvpr2016_cub"):
        here()
    with pytest.raises(ValueError, match=r"gz is an archive: unpack it, and name the folder"):
        here("cvpr2016_cub.tar.gz")
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(ValueError, match=r"a\.txt is a file; .* JSON, JSONL or CSV"):
        here("a.txt")


def test_a_layout_that_is_not_the_one_there(here, tmp_path):
    write_text(tmp_path / "text")
    with pytest.raises(ValueError, match=r"Looked for was reed_hdf5: text_c10.*There is text\."):
        here(layout="reed_hdf5")
    with pytest.raises(ValueError, match=r"Looked for was json: \*\.json\. There is text\."):
        here(layout="json")


@pytest.mark.parametrize("other", ["attngan", "json", "jsonl", "csv"])
def test_several_layouts_are_named(here, tmp_path, other):
    WRITERS["reed_text"](tmp_path)
    WRITERS[other](tmp_path)
    with pytest.raises(
        ValueError, match=rf"several layouts: reed_text \(3 files in .*; {other} \("
    ):
        here()
    assert here(layout=other).layout == other
    assert here(layout="reed_text").layout == "reed_text"


def test_several_trees_are_named(here, tmp_path):
    write_text(tmp_path / "birds/text_c10")
    write_text(tmp_path / "flowers/text_c10")
    with pytest.raises(ValueError, match=r"several folders text_c10: .*birds/.*, .*flowers/"):
        here()


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("a.csv", "image,caption\nx,a, b\n", r"line 2 has 3 values for 2 columns; put quotes"),
        ("a.csv", 'image,caption\n\nx,"a\n', r"line 3 is no CSV"),
        ("a.csv", "image,caption\n ,a\n", r"line 2 names no image"),
        ("a.csv", "image,caption\n", r"names no image"),
        (
            "a.csv",
            "image,words\nx,a\n",
            r"none of captions, caption, text is there .* image, words",
        ),
        ("a.csv", "", r"none of image, file_name is there .* among nothing"),
        ("a.csv", "image,caption,text\nx,a,b\n", r"caption, text is there .*or set caption_key"),
        ("a.json", "[{", r"a\.json is no JSON"),
        ("a.json", "[" * 100_000, r"a\.json is no JSON"),
        ("a.json", "3", r"is to be a list of objects, or an object"),
        ("a.json", "[]", r"names no image"),
        ("a.json", '["x"]', r"entry 1 is no object"),
        ("a.json", '[{"image": "x", "text": "a"}, {"image": "y"}]', r"entry 2: none of captions"),
        ("a.json", '{"x": ["a", 3]}', r"'x': the image is to be a name, captions text"),
        ("a.json", '{"": ["a"]}', r"the image is to be a name"),
        (
            "a.jsonl",
            '{"image": "x", "text": "a"}\n\n{"image": 3, "text": "a"}\n',
            r"line 3: the im",
        ),
        ("a.jsonl", '{"image": "x", "text": "a"}\nx\n', r"line 2 is no JSON"),
    ],
)
def test_a_list_that_is_broken(here, tmp_path, file, text, message):
    (tmp_path / file).write_text(text)
    for layout in ("auto", file.split(".")[1]):
        with pytest.raises(ValueError, match=message):
            here(file, layout=layout)
    with pytest.raises(ValueError, match=message):
        here(layout=file.split(".")[1])


@pytest.mark.parametrize("text", ["[{", "[" * 100_000])
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_a_broken_list_is_found_so_that_it_is_said_to_be_broken(here, tmp_path, suffix, text):
    (tmp_path / f"a.{suffix}").write_text(text)
    with pytest.raises(ValueError, match=rf"a\.{suffix}.* is no JSON"):
        here()


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (np.array([[97]]), r"captions of type int64 and shape \(1, 1\); allowed: one-dimensional"),
        (
            np.array([b"a bird"]),
            r"captions of type .*; allowed: one-dimensional arrays of character codes",
        ),
        (np.array([97.5]), r"numbers that are no character codes; allowed: 0 to 1114111"),
        (np.array([-1]), r"numbers that are no character codes"),
        (np.array([np.nan]), r"numbers that are no character codes"),
        (np.array([2000000]), r"numbers that are no character codes"),
    ],
)
def test_codes_of_no_characters(here, tmp_path, codes, message):
    (tmp_path / "a").mkdir()
    with h5py.File(tmp_path / "a/x.h5", "w") as file:
        file["txt1"] = codes
    with pytest.raises(ValueError, match=rf"x\.h5 has {message}"):
        here()


def test_hdf5_files_that_are_none_or_have_no_captions(here, tmp_path):
    write_hdf5(tmp_path, {"a/x": []})
    with pytest.raises(ValueError, match=r"x\.h5 has no txt1, txt2, \.\.; it has nothing"):
        here()
    (tmp_path / "a/x.h5").write_bytes(b"\x89HDF\r\n\x1a\n nonsense")
    with pytest.raises(ValueError, match=r"x\.h5 is cut off or not an HDF5 file"):
        here()


@pytest.mark.parametrize("kind", ["link", "storage", "virtual", "group"])
def test_hdf5_files_do_not_lead_to_other_files(here, tmp_path, kind):
    write_hdf5(tmp_path, {"secret": ["secret"]})
    (tmp_path / "secret.bin").write_bytes(b"secret")
    (tmp_path / "c/a").mkdir(parents=True)
    with h5py.File(tmp_path / "c/a/x.h5", "w") as file:
        if kind == "link":
            file["txt1"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "txt1")
        elif kind == "storage":
            external = [(str(tmp_path / "secret.bin"), 0, 6)]
            file.create_dataset("txt1", (6,), np.uint8, external=external)
        elif kind == "virtual":
            layout = h5py.VirtualLayout((6,), np.uint8)
            layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "txt1", (6,))
            file.create_virtual_dataset("txt1", layout)
        else:
            file.create_group("txt1")
    with pytest.raises(ValueError, match=r"are to be arrays in this file, not elsewhere"):
        here("c")
