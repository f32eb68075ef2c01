import pytest

from zslcore.package.search import images


def files(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def test_a_folder_is_searched_for_images_in_order(tmp_path):
    files(tmp_path, "b/2.PNG", "b/1.jpg", "a.webp", "notes.txt", ".hidden/x.png", "b/.x.png")
    found = [path.relative_to(tmp_path).as_posix() for path in images([tmp_path])]
    assert found == ["a.webp", "b/1.jpg", "b/2.PNG"]


def test_a_file_is_taken_whatever_its_name_and_once(tmp_path):
    files(tmp_path, "b.png", "a.dat")
    found = images([tmp_path / "a.dat", tmp_path, tmp_path / "b.png"])
    assert [path.name for path in found] == ["a.dat", "b.png"]


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"there is no file or folder .*nowhere"):
        images([tmp_path / "nowhere"])
    with pytest.raises(ValueError, match="has no image; looked for"):
        images([tmp_path])
