"""A folder of seven classes with all that it may hold, small enough to break on purpose."""

import numpy as np
from PIL import Image

from zslcore.data.sources.folder.config import FolderConfig

ROLES = {
    "ant": "seen",
    "bee": "seen",
    "cat": "seen",
    "dog": "val",
    "eel": "val",
    "fox": "unseen",
    "gnu": "unseen",
}
PER_CLASS = 5
VECTORS = {name: [float(i), i % 3, 0.25] for i, name in enumerate(ROLES, 1)}
SETTINGS = {
    "source": "folder",
    "test_share": 0.2,
    "class_vectors": {"by": "attributes", "model": None, "pooling": "mean", "norm": "none"},
    "words": None,
}


def settings(words=None, test_share=0.2, **vectors):
    given = {**SETTINGS["class_vectors"], **vectors}
    return FolderConfig(
        **{**SETTINGS, "class_vectors": given, "words": words, "test_share": test_share}
    )


def lines(path, *rows):
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


def edit(path, old, new, count=1):
    """Replace what is there once; a case that has nothing to replace is a mistake of the test."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def pixels(seed, width=12, height=9):
    drawn = np.random.default_rng(seed).integers(0, 256, (height, width, 3))
    return Image.fromarray(drawn.astype(np.uint8))


NAMES = [f"{name}/{i}.png" for name in ROLES for i in range(PER_CLASS)]
"""Of the images, in the order of the classes."""


def write(folder):
    """Class folders, attributes, texts and captions."""
    for c, name in enumerate(ROLES):
        (folder / "images" / name).mkdir(parents=True)
        for i in range(PER_CLASS):
            pixels([c, i]).save(folder / "images" / name / f"{i}.png")
    lines(folder / "classes.csv", "class,role", *(f"{n},{role}" for n, role in ROLES.items()))
    vectors = (f"{n},{a},{b},{c}" for n, (a, b, c) in VECTORS.items())
    lines(folder / "attributes.csv", "class,size,legs,fur", *vectors)
    texts = (f"{n},a {n} has {i} spots" for n in ROLES for i in range(2))
    lines(folder / "texts.csv", "class,text", *texts)
    lines(folder / "captions.csv", "image,caption", *(f'{n},"one, {n}"' for n in NAMES))


def list_images(folder, names=NAMES, sets=()):
    """Write images.csv; with sets, those of a seen class's images by their number."""
    said = [f",{'test' if ROLES[n[:3]] == 'unseen' else sets[int(n[4])]}" for n in names if sets]
    rows = (f"{n},{n[:3]}{s}" for n, s in zip(names, said or [""] * len(names), strict=True))
    lines(folder / "images.csv", f"image,label{',set' if sets else ''}", *rows)
