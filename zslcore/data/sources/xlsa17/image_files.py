"""What the paths of the images say: their class, shared files, and where the images are."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from zslcore.data.problem import Labels


def class_folder(file: str) -> str:
    """The class's name in an image's path: its folder, or all folders below images/<letter>/.

    The latter is the layout of SUN: images/a/airport/entrance/x.jpg is of airport_entrance.
    """
    parts = PurePosixPath(file).parts
    start = parts.index("images") + 1 if "images" in parts else 0
    below = parts[start:-1]
    nested = start > 0 and len(below) > 1 and len(below[0]) == 1
    return "_".join(below[1:]) if nested else PurePosixPath(file).parent.name


def shared(files: Sequence[str], y: Labels, train: Labels, rows: Labels) -> tuple[int, int]:
    """How many of `rows` have their file in `train` too, and how many of these another label there.

    aPY's entries are objects: a photograph of a person with a dog is there twice.
    """
    labels: dict[str, set[int]] = {}
    for row in train.tolist():
        labels.setdefault(files[row], set()).add(int(y[row]))
    in_train = [(labels[files[row]], int(y[row])) for row in rows.tolist() if files[row] in labels]
    return len(in_train), sum(bool(there - {here}) for there, here in in_train)


def on_disk(root: Path, files: Sequence[str]) -> tuple[Path, ...] | None:
    """The images below `root`, or None where there are none.

    The recorded paths begin with folders of the machine where the features were made; the longest
    end of a path that exists below `root` is taken.

    Raises:
        ValueError: naming the first image that is not there.
    """
    if not files or not root.is_dir():
        return None
    skip: dict[PurePosixPath, int] = {}  # how many leading folders to drop: asked once per folder
    found = []
    for file in map(PurePosixPath, files):
        if file.parent not in skip:
            skip[file.parent] = _leading(root, file)
        found.append(root.joinpath(*file.parts[skip[file.parent] :]))
    missing = [path for path in found if not path.is_file()]
    if missing:
        raise ValueError(f"{len(missing)} of {len(found)} images are missing, e.g. {missing[0]}")
    return tuple(found)


def _leading(root: Path, file: PurePosixPath) -> int:
    first = 1 if file.is_absolute() else 0
    ends = range(first, len(file.parts))
    return next((i for i in ends if root.joinpath(*file.parts[i:]).is_file()), len(file.parts) - 1)
