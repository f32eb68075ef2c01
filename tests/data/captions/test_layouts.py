"""The same captions come out of every layout, in their order."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.data.captions.layouts import (
    IMAGES,
    TRAIN,
    WRITERS,
    write_attngan_pickle,
    write_hdf5,
    write_json,
    write_text,
)

BY_STEM = {name.split("/")[1].lower(): captions for name, captions in IMAGES.items()}


@pytest.mark.parametrize("layout", WRITERS)
@pytest.mark.parametrize("auto", [True, False])
def test_the_same_captions_come_out_of_every_layout(here, tmp_path, layout, auto):
    WRITERS[layout](tmp_path)
    captions = here(layout="auto" if auto else layout, unpickle="pickle" in layout)
    expected = "reed_text" if auto and layout == "stackgan_pickle" else layout  # text goes first
    assert captions.layout == expected
    assert {stem: list(entry.captions) for stem, (entry,) in captions.of.items()} == BY_STEM
    assert {entry.folder for (entry,) in captions.of.values()} == {
        "001.Black_Albatross",
        "002.Crow",
    }
    assert list(captions.of) == sorted(captions.of)
    seen = captions.noticed
    assert (seen.empty, seen.repaired) == (0, 0)
    assert seen.without == seen.several == seen.merged == ()


@pytest.mark.parametrize(
    ("below", "layout", "write"),
    [
        (".", "reed_text", write_text),
        ("Data/birds/text_c10", "reed_text", write_text),
        ("birds/text", "attngan", write_text),
        (".", "reed_hdf5", write_hdf5),
        ("cub/text_c10", "reed_hdf5", write_hdf5),
    ],
)
def test_trees_are_found_wherever_they_are(here, texts, tmp_path, below, layout, write):
    write(tmp_path / below)
    assert here().layout == layout
    assert texts() == texts(below) == BY_STEM


@pytest.mark.parametrize("below", ["text", "birds/text", "loose"])
def test_text_files_without_class_folders(here, texts, tmp_path, below):
    write_text(tmp_path / below, {name.split("/")[1]: held for name, held in IMAGES.items()})
    assert texts(below, layout="attngan") == BY_STEM
    assert {entry.folder for (entry,) in here(below, layout="attngan").of.values()} == {""}
    if below != "loose":
        assert here() == replace(here(below), path=tmp_path)
        assert here().layout == "attngan"


def test_lists_of_classes_are_not_taken_for_captions(here, tmp_path):
    (tmp_path / "allclasses.txt").write_text("001.a\n")
    with pytest.raises(ValueError, match="no captions of a known layout"):
        here()


def test_captions_beside_other_files_of_a_dataset(here, tmp_path):
    write_text(tmp_path / "text_c10")
    (tmp_path / "allclasses.txt").write_text("001.a\n")
    (tmp_path / "new_des.csv").write_text("idx,des\n1,blue\n")
    (tmp_path / "broken.csv").write_text('"image,caption\n')
    (tmp_path / "sizes.json").write_text('{"width": 3}')
    (tmp_path / "log.jsonl").write_text('{"epoch": 3}\n')
    (tmp_path / "rows.json").write_text('[{"image": "a", "width": 3}]')
    assert here().layout == "reed_text"


def test_text_goes_before_hdf5_where_no_folder_names_them(here, tmp_path):
    write_text(tmp_path)
    write_hdf5(tmp_path)
    assert here().layout == "reed_text"


def test_text_goes_before_hdf5_and_pickles_of_the_same_captions(here, tmp_path):
    write_text(tmp_path / "text_c10")
    write_hdf5(tmp_path / "text_c10", {name: ["other"] for name in IMAGES})
    write_attngan_pickle(tmp_path)
    assert here().layout == "reed_text"
    assert here().files == 3
    assert here(layout="reed_hdf5").of["albatross_0001"][0].captions == ("other",)


@pytest.mark.parametrize("name", ["captions.json", "captions.jsonl", "captions.csv"])
def test_a_file_may_be_named_itself(texts, tmp_path, name):
    WRITERS[name.split(".")[1]](tmp_path)
    written = next(tmp_path.iterdir())
    written = written.rename(tmp_path / name.upper())
    write_text(tmp_path / "text_c10", {"a/b": ["other"]})
    assert texts(written.name) == BY_STEM


def test_several_lists_and_lists_in_the_parts_of_a_dataset(texts, tmp_path):
    for part, (name, captions) in zip("ab", TRAIN.items(), strict=True):
        (tmp_path / part).mkdir()
        write_json(tmp_path, {name: captions})
        (tmp_path / "captions.json").rename(tmp_path / f"{part}.json")
        rows = [json.dumps({"file_name": name, "text": text}) for text in captions]
        (tmp_path / part / "metadata.jsonl").write_text("\n".join(rows))
    expected = {stem: BY_STEM[stem] for stem in ("albatross_0001", "albatross_0002")}
    assert texts(layout="json") == texts(layout="jsonl") == expected


@pytest.mark.parametrize("n", [1, 12])
@pytest.mark.parametrize("write", [write_text, write_hdf5])
def test_any_number_of_captions_in_the_order_of_their_numbers(texts, tmp_path, write, n):
    captions = [f"caption {i}" for i in range(1, n + 1)]
    write(tmp_path, {"a/x": captions, "a/y": ["one"]})
    assert texts() == {"x": captions, "y": ["one"]}


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64, np.float32, np.float64])
def test_character_codes_of_any_type_padded_or_not(texts, tmp_path, dtype):
    write_hdf5(tmp_path, {"a/x": ["a bird", "a\0\0\0", "\0\0"]}, dtype)
    assert texts() == {"x": ["a bird", "a"]}


def test_character_codes_are_bytes_or_code_points(texts, tmp_path):
    utf8 = "caf\u00e9".encode().decode("latin1")
    write_hdf5(tmp_path, {"a/x": [utf8, "\u4e2d bird\0\0"]}, np.int32, ".HDF5")
    assert texts() == {"x": ["caf\u00e9", "\u4e2d bird"]}


def test_keys_and_columns_of_other_names(texts, tmp_path):
    (tmp_path / "a.csv").write_text('id, file ,said,text\n1,001/x.png,"a, b",no\n2,x.png,c,no\n')
    (tmp_path / "b.json").write_text('[{"file": "y.png", "said": "d", "caption": 1}]')
    other = {"image_key": "file", "caption_key": "said"}
    assert texts("b.json", **other) == {"y": ["d"]}
    with pytest.raises(ValueError, match="no captions of a known layout"):
        texts()
    with pytest.raises(ValueError, match=r"captions of several layouts: json .*; csv .*Set layout"):
        texts(**other)


def test_a_caption_needs_no_list_and_null_is_an_empty_one(here, tmp_path):
    (tmp_path / "a.json").write_text('{"x": "one", "y": ["two", null, " "], "z": null}')
    captions = here()
    held = {stem: entry.captions for stem, (entry,) in captions.of.items()}
    assert held == {"x": ("one",), "y": ("two",), "z": ()}
    assert captions.noticed.empty == 3
    assert captions.noticed.without == ("z",)


def test_names_of_images_open_nothing_and_lead_nowhere(texts, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/x.txt").write_text("secret")
    (tmp_path / "c").mkdir()
    names = ["../secret/x.jpg", "/etc/passwd", "C:\\images\\001.a\\Y.JPEG", "images/002.b/v1.5"]
    (tmp_path / "c/a.json").write_text(json.dumps({name: [name] for name in names}))
    expected = dict(zip(["x", "passwd", "y", "v1.5"], ([name] for name in names), strict=True))
    assert texts("c") == dict(sorted(expected.items()))


def test_the_sum_says_whether_captions_have_changed(here, tmp_path):
    write_text(tmp_path / "a/text_c10")
    shutil.copytree(tmp_path / "a", tmp_path / "b/deep/down")
    first = here("a")
    assert (first.files, len(first.sha256)) == (3, 64)
    assert here("b").sha256 == here("a/text_c10").sha256 == first.sha256
    path = tmp_path / "b/deep/down/text_c10/002.Crow/Crow.v2_0003.txt"
    path = path.rename(path.with_name("Crow_3.txt"))
    renamed = here("b").sha256
    path.write_text("a crow\nblack all OVER\n")
    assert len({first.sha256, renamed, here("b").sha256}) == 3


def test_the_sum_and_the_order_do_not_depend_on_the_order_of_folders(here, tmp_path, monkeypatch):
    write_text(tmp_path)
    expected = here()
    path_type = type(tmp_path)
    glob = path_type.glob
    monkeypatch.setattr(path_type, "glob", lambda *args: reversed(list(glob(*args))))
    assert here() == expected
    assert list(here().of) == list(expected.of)
