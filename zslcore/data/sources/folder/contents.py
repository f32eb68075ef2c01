"""All that a user's folder holds, with everything that is wrong with it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zslcore.data.problem import Array
from zslcore.data.sources.folder import captions, classes, features, images, pixels, vectors
from zslcore.data.sources.folder.classes import Class, Classes
from zslcore.data.sources.folder.findings import Finding, Findings
from zslcore.data.sources.folder.images import Entry
from zslcore.data.sources.folder.pixels import Looks
from zslcore.data.sources.folder.vectors import Attributes


@dataclass(frozen=True)
class Contents:
    """What was read; complete only where there is no problem.

    Attributes:
        folder: of the dataset.
        classes: by name, in the order of classes.csv.
        entries: the images.
        looks: what was seen of each; {} where features.npy is there instead.
        attributes: of attributes.csv, or None.
        texts: those of each class, or None.
        captions: those of each image, or None.
        features: of each image, float32 (N, D), or None.
        problems: with which nothing is trained.
        remarks: what is read, but worth knowing.
    """

    folder: Path
    classes: Classes
    entries: tuple[Entry, ...]
    looks: Looks
    attributes: Attributes | None
    texts: Mapping[str, tuple[str, ...]] | None
    captions: captions.Captions | None
    features: Array | None
    problems: tuple[Finding, ...]
    remarks: tuple[Finding, ...]


def read(folder: Path) -> Contents:
    """All of a folder; whatever is wrong with it is among the problems. Nothing is written.

    Raises:
        ValueError: there is no such folder.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; name the one with classes.csv in it")
    findings = Findings()
    of = classes.read(folder, findings)
    entries = images.read(folder, of, findings)
    brought = features.read(folder, findings)
    if brought is not None and not _spoilt(images.FILE, findings):
        features.check_rows(brought, len(entries), findings)
    described = vectors.read_attributes(folder, of, findings)
    texts = vectors.read_texts(folder, of, findings)
    if not any((folder / name).exists() for name in (vectors.ATTRIBUTES, vectors.TEXTS)):
        text = f"is missing, and {vectors.TEXTS} too: one of them is to describe the classes"
        findings.problem(vectors.ATTRIBUTES, text)
    told = captions.read(folder, entries, findings)
    looks = {}
    if not (folder / images.FEATURES).exists():
        looks = pixels.look_at(folder / images.FOLDER, entries, findings)
    _check_counts(of, entries, findings)
    return Contents(
        folder=folder,
        classes=of,
        entries=tuple(entries),
        looks=looks,
        attributes=described,
        texts=texts,
        captions=told,
        features=brought,
        problems=tuple(findings.problems),
        remarks=tuple(findings.remarks),
    )


def _spoilt(file: str, findings: Findings) -> bool:
    return any(finding.file == file for finding in findings.problems)


def _check_counts(of: Classes, entries: list[Entry], findings: Findings) -> None:
    """Every class has the images that both phases need of it."""
    if not entries:
        return
    count = Counter(entry.label for entry in entries)
    train = Counter(entry.label for entry in entries if entry.set == "train")
    given = any(entry.set for entry in entries)
    for each in of.values():
        if not count[each.name]:
            text = f"class {each.name} has no image; add some, or take it out"
            findings.problem(classes.FILE, text, each.row)
        elif wrong := _too_few(each, count[each.name], train[each.name] if given else None):
            findings.problem(classes.FILE, wrong, each.row)
    if given and not any(e.set == "test" and of[e.label].role != "unseen" for e in entries):
        text = "no image of a seen class is in the set test; set some, or leave the column out"
        findings.problem(images.FILE, text)


def _too_few(each: Class, n: int, n_train: int | None) -> str:
    """What is wrong with the number of a class's images, or ""; `n_train` where sets are given."""
    least = least_training(each)
    if n_train is None and n < least + (least > 0):
        return (
            f"class {each.name} ({each.role}) has {n} image{'s' * (n > 1)}; at least {least + 1}: "
            f"{least} to train on and one to be tested on"
        )
    if n_train is not None and n_train < least:
        return f"class {each.name} ({each.role}) has {n_train} images in train; at least {least}"
    return ""


def least_training(each: Class) -> int:
    """Training images that a class needs: of a seen one the val phase holds one out."""
    return {"seen": 2, "val": 1}.get(each.role or "", 0)
