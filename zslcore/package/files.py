"""The files of a package: written once, and read only if they are exactly those."""

import json
import shutil
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.problem import Array
from zslcore.runtime.digest import sha256
from zslcore.runtime.files import write_json

NAME = "package.json"
AGAIN = "copy the whole folder again, or let `dvc repro` write it anew"


def seal(about: Mapping[str, Any], folder: Path) -> None:
    """Write package.json, of a folder that has all its other files: their sha256 join it."""
    write_json({**about, "files": digests(folder)}, folder / NAME)


def unsealed(folder: Path) -> dict[str, Any]:
    """What package.json says, of a folder that has exactly the files that it lists.

    Raises:
        ValueError: the folder is no package, or a file is missing, has been added or changed;
            says which, and what to do.
    """
    about = _read(folder)
    listed, there = about["files"], digests(folder)
    for names, what in (
        (listed.keys() - there.keys(), "is missing"),
        (there.keys() - listed.keys(), "does not belong to it"),
        ({n for n in listed.keys() & there.keys() if listed[n] != there[n]}, "has been changed"),
    ):
        if names:
            more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
            raise ValueError(f"package {folder}: {sorted(names)[0]} {what}{more}; {AGAIN}")
    return about


def task_of(folder: Path) -> str:
    """What a package is for, before its files are checked.

    Raises:
        ValueError: the folder is no package.
    """
    return str(_read(folder).get("task"))


def digests(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder but package.json, by its path there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): sha256(path) for path in files if path != folder / NAME
    }


def copy_folder(source: Path, to: Path, without: Iterable[str] = ()) -> None:
    """Copy the files of a folder; links become files, modes are not taken over."""
    skipped = shutil.ignore_patterns(*without)
    shutil.copytree(source, to, ignore=skipped, copy_function=shutil.copyfile)


def read_array(path: Path) -> Array:
    """An array of numbers; nothing is unpickled."""
    found: Array = np.load(path, allow_pickle=False)
    return found


def versions(names: Iterable[str]) -> dict[str, str]:
    """Of installed Python packages."""
    return {name: version(name) for name in names}


def _read(folder: Path) -> dict[str, Any]:
    path = folder / NAME
    if not path.is_file():
        hint = (
            "the method was left out on this dataset: it is not among `methods` in params.yaml, or "
            "the dataset lacks what it needs, as its training stage says"
            if folder.is_dir() and not any(folder.iterdir())
            else "allowed: a folder that `python -m stages.package` wrote"
        )
        raise ValueError(f"{folder} is no package, it has no {NAME}; {hint}")
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # neither JSON nor UTF-8
        raise ValueError(f"{path} cannot be read ({error}); {AGAIN}") from error
    if not isinstance(about, dict) or not isinstance(about.get("files"), dict):
        raise ValueError(f"{path} lists no files; {AGAIN}")
    return about
