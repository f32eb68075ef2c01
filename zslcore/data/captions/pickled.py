"""The two layouts that are pickles: AttnGAN's captions as word ids, StackGAN's lists of images."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from zslcore.data.captions.captions import Record
from zslcore.data.captions.config import CaptionsConfig
from zslcore.data.captions.files import Files, Found
from zslcore.data.captions.names import place, repair
from zslcore.data.captions.text_tree import lines
from zslcore.data.captions.unpickle import loads

PARTS = ("train", "test")


def read_attngan(found: Found, files: Files, cfg: CaptionsConfig) -> Iterator[Record]:
    """captions.pickle is [captions of train, of test, word of each id, id of each word].

    The captions are flat lists of word ids; with n captions of each image, caption j of image i is
    number n i + j, in the order of <part>/filenames.pickle. Id 0 ends a caption.
    """
    source, *lists = found.paths
    held = _load(files, source)
    if not (isinstance(held, list | tuple) and len(held) == 4 and isinstance(held[2], dict)):
        raise ValueError(f"{source} is to be a list of [train, test, ixtoword, wordtoix]")
    for captions, path in zip(held[:2], lists, strict=True):
        names = _names(files, path)
        n = _per_image(captions, names, source, path)
        texts = [_words(ids, held[2], source) for ids in captions]
        for i, name in enumerate(names):
            yield Record(place(name), texts[n * i : n * (i + 1)])


def read_stackgan(found: Found, files: Files, cfg: CaptionsConfig) -> Iterator[Record]:
    """<part>/filenames.pickle name the images; the captions of each are in the text tree beside.

    An image whose text file is absent has no captions.
    """
    *lists, tree = found.paths
    for listed in lists:
        for name in _names(files, listed):
            path = tree / f"{_inside(name, listed)}.txt"
            yield Record(place(name), lines(files.read_text(path)) if path.is_file() else ())


def _load(files: Files, path: Path) -> Any:
    try:
        return loads(files.read(path))
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error


def _names(files: Files, path: Path) -> list[str]:
    held = _load(files, path)
    names = [_text(name) for name in held] if isinstance(held, list | tuple) else []
    wrong = [name for name in names if name is None or not place(name).stem]
    if not names or wrong:
        raise ValueError(f"{path} is to be a list of the names of images")
    return [name for name in names if name is not None]


def _text(held: Any) -> str | None:
    if isinstance(held, bytes):
        return held.decode("utf-8", errors="surrogateescape")
    return held if isinstance(held, str) else None


def _per_image(captions: Any, names: list[str], source: Path, path: Path) -> int:
    if not isinstance(captions, list | tuple):
        raise ValueError(f"{source} has no list of captions for {path}")
    n, rest = divmod(len(captions), len(names))
    if rest:
        raise ValueError(
            f"{source} has {len(captions)} captions for the {len(names)} images of {path}; "
            "expected is a multiple: are the two of the same release?"
        )
    return n


def _words(ids: Any, word_of: dict[Any, Any], source: Path) -> str:
    if not isinstance(ids, list | tuple) or not all(isinstance(i, int) for i in ids):
        raise ValueError(f"{source} has a caption that is no list of word ids")
    words = [_text(word_of.get(i)) for i in ids if i != 0]
    if None in words:
        raise ValueError(f"{source} has a caption with a word id that its ixtoword lacks")
    return " ".join(word for word in words if word is not None)


def _inside(name: str, listed: Path) -> str:
    """The name of an image as a path below the tree of texts."""
    path = PurePosixPath(repair(name)[0].replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\0" in name:
        raise ValueError(f"{listed} names {name!r}, which is outside of the folder of texts")
    return str(path)
