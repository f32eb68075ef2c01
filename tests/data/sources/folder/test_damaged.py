"""Damaged inputs: each is named with file and row, none crashes, and nothing is written."""

import json

import pytest
from PIL import Image

from tests.data.sources.folder import made
from tests.data.sources.folder.damages import (
    ALLOWED,
    ANT,
    CASES,
    IMAGES,
    LISTED,
    header_of_png,
    into,
)
from tests.data.sources.folder.made import pixels
from zslcore.__main__ import main
from zslcore.data.sources.folder.load import load


@pytest.fixture
def checked(capsys):
    """Run `check` on a folder: its exit code and what it lists, by kind. It changes nothing."""

    def check(folder, kind="problems"):
        before = bytes_below(folder.parent)
        code = main(["check", str(folder), "--json", "--card", str(folder.parent / "card.md")])
        after = bytes_below(folder.parent)
        if code == 0:
            del after["card.md"]
        assert after == before
        found = json.loads(capsys.readouterr().out)[kind]
        return code, [(each["file"], each["row"], each["text"]) for each in found]

    return check


def bytes_below(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def names_it(found, file, row, text):
    return [each for each in found if each[:2] == (file, row) and text in each[2]]


@pytest.mark.parametrize("case", CASES)
def test_a_damage_is_named_with_file_and_row(folder, checked, case):
    damage, file, row, text = CASES[case]
    damage(folder)
    code, found = checked(folder)
    assert code == 1
    assert names_it(found, file, row, text), found


@pytest.mark.parametrize("case", LISTED)
def test_a_damage_of_listed_images_is_named_with_its_row(listed, checked, case):
    damage, row, text = LISTED[case]
    damage(listed)
    code, found = checked(listed)
    assert code == 1
    assert names_it(found, IMAGES, row, text), found


@pytest.mark.parametrize("case", ["unknown role", "truncated image", "NaN", "UTF-16"])
def test_what_check_finds_stops_prepare(folder, checked, case):
    CASES[case][0](folder)
    _, found = checked(folder)
    with pytest.raises(ValueError, match="problem") as error:
        load(folder, made.settings(), "mine", 0, None)
    for file, row, text in found:
        assert f"{file}{'' if row is None else f', row {row}'}: {text}" in str(error.value)


def test_all_damages_are_named_at_once(folder, checked):
    wanted = ["unknown role", "blanks around a class", "truncated image", "NaN", "empty caption"]
    for case in wanted:
        CASES[case][0](folder)
    _, found = checked(folder)
    for case in wanted:
        assert names_it(found, *CASES[case][1:])


def test_a_good_folder_has_no_problem(folder, checked):
    assert checked(folder) == (0, [])


@pytest.mark.parametrize("case", ALLOWED)
def test_what_is_allowed_is_read_and_remarked_if_unusual(folder, checked, case):
    change, remark = ALLOWED[case]
    change(folder)
    code, found = checked(folder, "remarks")
    assert code == 0
    rest = [each for each in found if not each[2].startswith("fur is the same")]
    assert names_it(found, *remark) if remark else rest == []
    load(folder, made.settings(), "mine", 0, None)


def test_turned_photographs_are_remarked(folder, checked):
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels(3).save(folder / ANT, exif=exif)
    _, found = checked(folder, "remarks")
    assert names_it(found, "images", None, "stored turned (EXIF orientation)")


def test_a_large_image_is_not_decoded(folder, checked, monkeypatch):
    """9 000 x 9 000 pixels are allowed, 20 000 x 20 are not, and are not loaded to find out."""
    from PIL import ImageFile

    into(ANT, header_of_png(20_000, 20))(folder)
    loaded = []
    real = ImageFile.ImageFile.load
    monkeypatch.setattr(
        ImageFile.ImageFile, "load", lambda self: (loaded.append(self.size), real(self))[1]
    )
    assert checked(folder)[0] == 1
    assert len(loaded) >= 34
    assert (20_000, 20) not in loaded


def test_a_folder_that_is_none_is_a_mistake_of_the_command(tmp_path, capsys):
    assert main(["check", str(tmp_path / "x")]) == 2
    assert "is no folder; name the one with classes.csv" in capsys.readouterr().err
