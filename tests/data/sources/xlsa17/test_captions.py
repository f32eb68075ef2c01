"""Captions beside the published files."""

import pytest

from tests.data.sources.xlsa17.conftest import NAMES

TREE = {
    "path": "text_c10",
    "layout": "auto",
    "unpickle": False,
    "image_key": None,
    "caption_key": None,
}


@pytest.fixture
def tree(tmp_path):
    """Reed's tree: two captions of every image but the last, which has one."""
    for n in range(1, 31):
        path = tmp_path / "text_c10" / NAMES[(n - 1) // 5] / f"{n}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"it is number {n}\n" + ("an animal\n" if n < 30 else ""))
    return tmp_path


def test_every_image_has_its_captions_in_the_order_of_the_features(tree, read):
    dataset = read(captions=TREE)
    assert dataset.captions[6] == ("it is number 7", "an animal")
    assert dataset.captions[29] == ("it is number 30",)
    assert dataset.provenance["captions"]["layout"] == "reed_text"


def test_an_image_of_the_split_without_a_caption_is_named(tree, read):
    (tree / "text_c10" / "bee" / "7.txt").unlink()
    with pytest.raises(ValueError, match=r"7\.jpg"):
        read(captions=TREE)


def test_captions_need_the_names_of_the_images(tree, read, files):
    del files["res101.mat"]["image_files"]
    with pytest.raises(ValueError, match="nothing says which image is which"):
        read(captions=TREE)
