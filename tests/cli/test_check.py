"""What `check` shows; what it finds is tested with the source."""

import json
import subprocess
import sys

import pytest

from tests.data.sources.folder import made
from zslcore.__main__ import main


@pytest.fixture
def folder(tmp_path):
    made.write(tmp_path / "mine")
    return tmp_path / "mine"


def test_the_card_counts_classes_images_and_pixels(folder, capsys):
    made.pixels(9, 20, 30).save(folder / "images/gnu/9.png")
    made.edit(folder / "captions.csv", "gnu/4.png", "gnu/9.png,new\ngnu/4.png")
    made.pixels(8, 12, 9).convert("L").save(folder / "images/ant/0.png")
    assert main(["check", str(folder), "--json"]) == 0
    card = json.loads(capsys.readouterr().out)["card"]
    assert card["name"] == "mine"
    assert card["images"] == 36
    assert card["roles"]["unseen"] == {
        "classes": 2,
        "images": 11,
        "min": 5,
        "median": 5.5,
        "max": 6,
        "ratio": 1.2,
    }
    assert [card["roles"][role]["classes"] for role in ("seen", "val")] == [3, 2]
    assert card["classes"][6] == {"class": "gnu", "role": "unseen", "images": 6}
    assert card["pixels"]["width"] == {"min": 12, "median": 12.0, "max": 20}
    assert card["pixels"]["height"] == {"min": 9, "median": 9.0, "max": 30}
    assert card["modes"] == {"L": 1, "RGB": 35}
    assert card["attributes"][0] == {"attribute": "size", "min": 1.0, "mean": 4.0, "max": 7.0}
    assert card["texts"] == {"min": 2, "median": 2.0, "max": 2}
    assert card["captions"] == {"min": 1, "median": 1.0, "max": 1}
    assert card["features"] is None
    assert card["sets"] is None


def test_the_card_is_shown_and_written_only_where_it_is_asked_for(folder, tmp_path, capsys):
    assert main(["check", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert shown.endswith("mine: no problems\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]
    assert main(["check", str(folder), "--card", str(tmp_path / "cards/mine.md")]) == 0
    written = (tmp_path / "cards/mine.md").read_text()
    assert shown.startswith(written)
    rows = {tuple(line.strip("| ").replace(" ", "").split("|")) for line in written.splitlines()}
    assert {("gnu", "unseen", "5"), ("width,pixels", "12"), ("attributes", "3")} <= rows
    assert "fur is the same for every class" in written


def test_problems_are_listed_and_no_card_is_written(folder, tmp_path, capsys):
    made.edit(folder / "classes.csv", "dog,val", "dog,vall")
    made.edit(folder / "attributes.csv", "bee,2.0", "bee,nan")
    assert main(["check", str(folder), "--card", str(tmp_path / "card.md")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith("mine: 2 problems")
    assert "classes.csv, row 5: unknown role 'vall'; did you mean val?" in lines
    assert any(line.startswith("attributes.csv, row 3: size of bee is nan") for line in lines)
    assert not (tmp_path / "card.md").exists()


def test_the_card_is_not_written_into_the_folder(folder, capsys):
    assert main(["check", str(folder), "--card", str(folder / "card.md")]) == 2
    assert "which is not changed: name another" in capsys.readouterr().err
    assert not (folder / "card.md").exists()


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"class,role\n"])
def test_a_folder_of_nearly_nothing_has_a_card(tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "classes.csv").write_bytes(content)
    assert main(["check", str(tmp_path)]) == 1
    assert "problems" in capsys.readouterr().out


def test_sets_and_features_are_in_the_card(folder, capsys):
    import numpy as np

    made.list_images(folder, sets=("train", "train", "test", "train", "test"))
    np.save(folder / "features.npy", np.zeros((35, 6)))
    assert main(["check", str(folder), "--json"]) == 0
    card = json.loads(capsys.readouterr().out)["card"]
    assert card["sets"] == {"test": 20, "train": 15}
    assert card["features"] == 6
    assert card["pixels"] == {}


def test_a_reader_that_has_seen_enough_ends_it_quietly(folder):
    command = [sys.executable, "-m", "zslcore", "check", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()  # as `head` does
        assert process.stderr.read() == b""
    assert process.returncode == 1
