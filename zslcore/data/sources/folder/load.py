"""From the user's own folder to a `Dataset`."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from zslcore.data.dataset import Dataset
from zslcore.data.sources.folder import captions, classes, images, vectors
from zslcore.data.sources.folder.class_vectors import ByWords, describe
from zslcore.data.sources.folder.config import FolderConfig
from zslcore.data.sources.folder.contents import Contents, read
from zslcore.data.sources.folder.split import split
from zslcore.runtime.digest import sha256

TABLES = (classes.FILE, images.FILE, vectors.ATTRIBUTES, vectors.TEXTS, captions.FILE)


def load(folder: Path, cfg: FolderConfig, name: str, seed: int, by_words: ByWords) -> Dataset:
    """Check and read one folder.

    Args:
        folder: with the files that the package's docstring lists.
        cfg: settings.
        name: the dataset's key in params.yaml.
        seed: of the images that are held out.
        by_words: makes vectors of texts out of a file of word vectors.

    Raises:
        ValueError: naming every problem of the folder, each in a line of its own.
    """
    contents = read(folder)
    if contents.problems:
        count = f"{len(contents.problems)} problem{'s' * (len(contents.problems) > 1)}"
        lines = "\n".join(f"  {problem}" for problem in contents.problems)
        raise ValueError(f"{folder} has {count}:\n{lines}")
    described = describe(contents, cfg, by_words)
    sets = split(contents, cfg.test_share, seed)
    ids = {name: k for k, name in enumerate(contents.classes)}
    told, root = contents.captions, folder / images.FOLDER
    return Dataset(
        name=name,
        y=np.array([ids[entry.label] for entry in contents.entries], dtype=np.int64),
        class_names=tuple(contents.classes),
        class_vectors=described.vectors,
        trainval=sets.trainval,
        test_seen=sets.test_seen,
        test_unseen=sets.test_unseen,
        val_classes=np.array([ids[c.name] for c in contents.classes.values() if c.role == "val"]),
        attribute_names=described.attribute_names,
        attribute_vectors=described.attribute_vectors,
        features=contents.features,
        images=[root / e.image for e in contents.entries] if contents.looks else None,
        captions=[told[e.image] for e in contents.entries] if told else None,
        provenance=_provenance(contents, cfg, seed),
        notes=[str(remark) for remark in contents.remarks],
    )


def _provenance(contents: Contents, cfg: FolderConfig, seed: int) -> dict[str, Any]:
    """Files with their sha256, and how they are read: what changes if a byte of them does."""
    given = any(entry.set for entry in contents.entries)
    how = {"test_share": None if given else cfg.test_share, "seed": None if given else seed}
    brought = {"name": "features", "file": images.FEATURES}
    return {
        "source": cfg.source,
        "files": _hash_files(contents, cfg),
        "images": _hash_images(contents),
        "features": None if contents.features is None else brought,
        "split": {"name": "given" if given else "drawn", **how},
        "class_vectors": {"name": _vectors_name(cfg), **cfg.class_vectors.model_dump()},
    }


def _vectors_name(cfg: FolderConfig) -> str:
    names = {"attributes": "att", "encoder": Path(cfg.class_vectors.model or "").name}
    return names.get(cfg.class_vectors.by, Path(cfg.words or "").name)


def _hash_files(contents: Contents, cfg: FolderConfig) -> dict[str, str]:
    wanted = (*TABLES, images.FEATURES, *filter(None, [cfg.words]))
    found = [name for name in wanted if (contents.folder / name).is_file()]
    return {name: sha256(contents.folder / name) for name in sorted(found)}


def _hash_images(contents: Contents) -> dict[str, Any]:
    """Over names and bytes: features are made anew where an image was replaced."""
    digest = hashlib.sha256()
    for entry in contents.entries:
        held = contents.looks[entry.image].sha256 if contents.looks else ""
        digest.update(f"{entry.image}\n{held}\n".encode())
    return {"count": len(contents.entries), "sha256": digest.hexdigest()}
