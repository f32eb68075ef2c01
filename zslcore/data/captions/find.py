"""Which layout captions have, and in which files they are.

What a folder is searched for, in this order; the first group in which there is anything counts:

1. text_c10/<class>/<image>.txt or else .h5, up to two folders down; text/<class>/<image>.txt or
   text/<image>.txt, likewise; *.json, *.jsonl, *.csv that look like captions, or metadata.* of that
   kind in the folders below;
2. <class>/<image>.txt or else .h5;
3. captions.pickle with train/filenames.pickle and test/filenames.pickle, or these two alone.

So pickles are left alone wherever the text that they were made of is there too.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from zslcore.data.captions import csv_files, json_files
from zslcore.data.captions.config import CaptionsConfig, Layout
from zslcore.data.captions.files import Found, decode
from zslcore.data.captions.names import some
from zslcore.data.captions.pickled import PARTS

TREES: dict[Layout, tuple[str, tuple[str, ...]]] = {
    "reed_text": ("text_c10", (".txt",)),
    "reed_hdf5": ("text_c10", (".h5", ".hdf5")),
    "attngan": ("text", (".txt",)),
}
LISTS: dict[Layout, tuple[str, Callable[[str, CaptionsConfig], bool]]] = {
    "json": (".json", json_files.suits),
    "jsonl": (".jsonl", json_files.line_suits),
    "csv": (".csv", csv_files.suits),
}
PICKLES: tuple[Layout, ...] = ("attngan_pickle", "stackgan_pickle")
LOOKS: dict[Layout, str] = {
    "reed_text": "text_c10/<class>/<image>.txt or <class>/<image>.txt",
    "reed_hdf5": "text_c10/<class>/<image>.h5 or <class>/<image>.h5",
    "attngan": "text/<class>/<image>.txt or text/<image>.txt",
    "json": "*.json",
    "jsonl": "*.jsonl or */metadata.jsonl",
    "csv": "*.csv with columns of images and captions",
    "attngan_pickle": "captions.pickle with train/filenames.pickle and test/filenames.pickle",
    "stackgan_pickle": "train/filenames.pickle or test/filenames.pickle, beside text_c10 or text",
}
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")


def find(path: Path, cfg: CaptionsConfig) -> Found:
    """The captions that are at a path, which is a folder or a JSON, JSONL or CSV file.

    Raises:
        ValueError: there are none, or those of several layouts.
    """
    if not path.exists():
        raise ValueError(f"{path} is missing: captions are read from a folder or a file")
    if path.is_file():
        return _file(path, cfg)
    wanted = tuple(LOOKS) if cfg.layout == "auto" else (cfg.layout,)
    groups = (_named, _bare, _pickles)
    found = next((group for g in groups if (group := [*g(path, wanted, cfg)])), [])
    if not found:
        raise ValueError(_nothing(path, wanted))
    if len(found) > 1:
        listed = "; ".join(f"{f.layout} ({len(f.paths)} files in {f.root})" for f in found)
        raise ValueError(f"{path} has captions of several layouts: {listed}. Set layout to one")
    return found[0]


def _file(path: Path, cfg: CaptionsConfig) -> Found:
    layouts = {suffix: layout for layout, (suffix, _) in LISTS.items()}
    layout = layouts.get(path.suffix.lower()) if cfg.layout == "auto" else cfg.layout
    if path.suffix.lower() in ARCHIVES:
        raise ValueError(f"{path} is an archive: unpack it, and name the folder")
    if layout not in LISTS:
        raise ValueError(
            f"{path} is a file; captions are read from folders and from files that are JSON, JSONL "
            f"or CSV (layout is {cfg.layout})"
        )
    return Found(layout, path.parent, (path,))


def _named(path: Path, wanted: Sequence[Layout], cfg: CaptionsConfig) -> Iterator[Found]:
    trees = [
        Found(layout, root, paths)
        for layout, (name, suffixes) in TREES.items()
        if layout in wanted and (root := _root(path, name))
        if (paths := _images(root, suffixes, flat=layout == "attngan"))
    ]
    yield from _text_first(trees)
    for layout in wanted:
        if layout in LISTS and (paths := _lists(path, layout, cfg, must=len(wanted) == 1)):
            yield Found(layout, path, paths)


def _bare(path: Path, wanted: Sequence[Layout], cfg: CaptionsConfig) -> Iterator[Found]:
    """Trees without the folder that names them; loose .txt files may be anything, unless wanted."""
    flat = wanted == ("attngan",)
    layouts = wanted if flat else [w for w in wanted if w in TREES and w != "attngan"]
    trees = [Found(layout, path, _images(path, TREES[layout][1], flat)) for layout in layouts]
    yield from _text_first([tree for tree in trees if tree.paths])


def _pickles(path: Path, wanted: Sequence[Layout], cfg: CaptionsConfig) -> Iterator[Found]:
    source = path / "captions.pickle"
    lists = tuple(path / part / "filenames.pickle" for part in PARTS)
    there = tuple(listed for listed in lists if listed.is_file())
    if "attngan_pickle" in wanted and source.is_file() and there == lists:
        yield Found("attngan_pickle", path, (source, *lists))
    elif "stackgan_pickle" in wanted and there:
        tree = _root(path, "text_c10") or _root(path, "text")
        if tree is None:
            raise ValueError(
                f"{path} has the pickles of StackGAN, which name images and hold vectors but no "
                "text; put the folder text_c10 or text with the captions beside them"
            )
        yield Found("stackgan_pickle", path, (*there, tree))


def _text_first(trees: Sequence[Found]) -> list[Found]:
    """Reed's archive has every caption twice, as text and as HDF5: text it is."""
    text = any(tree.layout == "reed_text" for tree in trees)
    return [tree for tree in trees if not text or tree.layout != "reed_hdf5"]


def _root(path: Path, name: str) -> Path | None:
    """The folder of this name: the path itself, or up to three steps down."""
    if path.name == name:
        return path
    found = [p for up in ("", "*/", "*/*/") for p in sorted(path.glob(up + name)) if p.is_dir()]
    if len(found) > 1:
        raise ValueError(f"{path} has several folders {name}: {some([*map(str, found)])}: name one")
    return found[0] if found else None


def _images(root: Path, suffixes: Sequence[str], flat: bool) -> tuple[Path, ...]:
    """The files of images in class folders, or else, if that is allowed, in the root itself."""
    found = _files(root, "*/*", suffixes)
    return found or (_files(root, "*", suffixes) if flat else ())


def _lists(path: Path, layout: Layout, cfg: CaptionsConfig, must: bool) -> tuple[Path, ...]:
    """Lists of captions; `must` = if none looks like one, all are to be read, and say why not."""
    suffix, suits = LISTS[layout]
    files = _files(path, "*", (suffix,)) or _files(path, "*/metadata.*", (suffix,))
    suitable = tuple(f for f in files if suits(decode(f.read_bytes(), f), cfg))
    return suitable or (files if must else ())


def _files(root: Path, pattern: str, suffixes: Sequence[str]) -> tuple[Path, ...]:
    """Files in the order of their paths; hidden ones, which systems leave behind, do not count."""
    found = (p for p in root.glob(pattern) if p.suffix.lower() in suffixes and p.name[0] != ".")
    return tuple(sorted(p for p in found if p.is_file()))


def _nothing(path: Path, wanted: Sequence[Layout]) -> str:
    looked = "; ".join(f"{layout}: {LOOKS[layout]}" for layout in wanted)
    there = sorted(p.name for p in path.iterdir())
    archives = [name for name in there if name.lower().endswith(ARCHIVES)]
    hint = f" Archives are not unpacked here: unpack {some(archives)}." if archives else ""
    return (
        f"{path} has no captions of a known layout. Looked for was {looked}. "
        f"There is {some(there, 6) or 'nothing'}.{hint}"
    )
