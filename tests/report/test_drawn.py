"""Pictures that stages hand to the report: their files, their section, where they are shown."""

import json

import pytest

from stages.drawing import leave
from zslcore.report import drawn
from zslcore.report.drawn import NAMES, NOTHING, Drawn, Table, section
from zslcore.report.published import published
from zslcore.report.write import write

TABLE = Table("Said above.", [{"z": "1", "a": "2"}, {"z": "3", "m": "4"}])
PICTURE = Drawn(b"<svg>x</svg>", "A caption.", [TABLE])


def test_what_a_stage_leaves_is_what_is_read(tmp_path):
    leave(PICTURE, tmp_path, "variances")
    leave(Drawn(b"<svg/>", "Another."), tmp_path, "reconstruction")
    found = drawn.read(tmp_path, "spaen")
    assert list(found) == ["reconstruction", "variances"]  # in the order of the page
    assert found["reconstruction"] == (b"<svg/>", "Another.", [])
    (table,) = found["variances"].tables
    assert found["variances"][:2] == PICTURE[:2]
    assert table.above == "Said above."
    assert [list(line.items()) for line in table.lines] == [
        [("z", "1"), ("a", "2"), ("m", "")],
        [("z", "3"), ("a", ""), ("m", "4")],
    ]


def test_an_empty_picture_is_none(tmp_path):
    leave(None, tmp_path, "variances")
    assert (tmp_path / "variances.svg").read_text() == NOTHING
    assert (tmp_path / "variances.json").read_text() == "{}\n"
    assert drawn.read(tmp_path, "spaen") == {}


def test_a_name_that_the_method_does_not_draw_is_left_alone(tmp_path):
    leave(PICTURE, tmp_path, "attention")
    assert drawn.read(tmp_path, "spaen") == {}
    assert drawn.read(tmp_path, "baselines") == {}
    assert list(drawn.read(tmp_path, "dedn")) == ["attention"]


@pytest.mark.parametrize("text", ['{"caption": "x"', '{"caption": "x"}', '{"groups": {}}'])
def test_a_file_of_another_form_is_named(tmp_path, text):
    leave(PICTURE, tmp_path, "variances")
    (tmp_path / "variances.json").write_text(text)
    with pytest.raises(ValueError, match=r"variances\.json does not say what the picture shows"):
        drawn.read(tmp_path, "spaen")


def test_the_section_has_picture_caption_and_tables():
    filled = Table("Said above.", [{"z": "1", "a": "2"}, {"z": "3", "a": ""}])
    assert section("d-m-x.svg", Drawn(b"", "A caption.", [filled])) == [
        "![d-m-x](d-m-x.svg)\n",
        "*A caption.*\n",
        "Said above.\n",
        "| z | a |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |\n",
    ]


def test_the_report_shows_them_with_their_dataset_only(write_cell, read, tmp_path):
    for method, dataset in (("spaen", "awa1"), ("spaen", "cub"), ("dedn", "awa1")):
        write_cell(method, dataset, {"zsl.acc": 0.25})
    folder = tmp_path / "evaluation"
    for name in NAMES["spaen"]:
        leave(
            Drawn(f"<svg>{name}</svg>".encode(), f"Of {name}.", [TABLE]),
            folder / "spaen" / "awa1",
            name,
        )
        leave(None, folder / "spaen" / "cub", name)
    leave(Drawn(b"<svg>attention</svg>", "Of attention."), folder / "dedn" / "awa1", "attention")
    results = read(["dedn", "spaen"], ("awa1", "cub"))
    assert list(results.drawn) == [("awa1", "dedn"), ("awa1", "spaen")]
    write(results, published(), tmp_path / "out")
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    files = [f"awa1-spaen-{name}.svg" for name in NAMES["spaen"]]
    files = ["awa1-dedn-attention.svg", *files]
    headings = ["\n### dedn: attention\n", *(f"\n### spaen: {name}\n" for name in NAMES["spaen"])]
    shown = [mark for pair in zip(headings, files, strict=True) for mark in pair]
    marks = ["\n## awa1", *(f"]({m})" if m in files else m for m in shown), "\n## cub"]
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)
    assert all(page.count(mark) == 1 for mark in marks)
    assert page.count("| z | a | m |") == 3
    for file in files:
        name = file.removesuffix(".svg").split("-")[2]
        assert (tmp_path / "out" / file).read_text() == f"<svg>{name}</svg>"
    assert not list((tmp_path / "out").glob("cub-*.svg"))


def test_files_of_a_picture_are_the_same_every_time(tmp_path):
    for _ in range(2):
        leave(PICTURE, tmp_path, "variances")
        about = (tmp_path / "variances.json").read_text()
    assert json.loads(about) == PICTURE.about()
