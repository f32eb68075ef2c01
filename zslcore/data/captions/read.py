"""Captions from a folder or a file, whatever their layout."""

from collections.abc import Callable, Iterator
from pathlib import Path

from zslcore.data.captions import csv_files, hdf5_tree, json_files, pickled, text_tree
from zslcore.data.captions.captions import Captions, Record, collect
from zslcore.data.captions.config import CaptionsConfig, Layout
from zslcore.data.captions.files import Files, Found
from zslcore.data.captions.find import PICKLES, find

READERS: dict[Layout, Callable[[Found, Files, CaptionsConfig], Iterator[Record]]] = {
    "reed_text": text_tree.read,
    "reed_hdf5": hdf5_tree.read,
    "attngan": text_tree.read,
    "json": json_files.read,
    "jsonl": json_files.read_lines,
    "csv": csv_files.read,
    "attngan_pickle": pickled.read_attngan,
    "stackgan_pickle": pickled.read_stackgan,
}


def read(path: Path, cfg: CaptionsConfig) -> Captions:
    """The captions at a path: a folder of any layout, or a JSON, JSONL or CSV file.

    Text is UTF-8; other bytes become U+FFFD, runs of white space one space, and empty captions are
    dropped, all of which is counted. Nothing outside the folder is opened, and no archive unpacked.

    Raises:
        ValueError: there are none, those of several layouts, pickles that are not allowed, or a
            file that is broken; names it.
    """
    found = find(path, cfg)
    if found.layout in PICKLES and not cfg.unpickle:
        raise ValueError(
            f"{path} has captions as pickles ({found.layout}). A pickle can make the program that "
            "reads it do anything, so none is read unasked. Use a layout without pickles, or, if "
            "you trust the files, set unpickle: true; even then only lists, dicts, text and "
            "numbers are admitted"
        )
    files = Files(found.root)
    of, noticed = collect(READERS[found.layout](found, files, cfg), found.layout)
    if not of:
        raise ValueError(f"{path} is in the layout {found.layout} but names no image")
    return Captions(of, found.layout, path, files.count, files.sha256, noticed)
