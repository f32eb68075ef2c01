"""Label images with a trained method, from its package alone.

Answers are the classes with the highest calibrated scores, means over the seeds: higher is
likelier, but a score is no probability. The column `seeds` says how many seeds give that class as
their first answer. Exit code 1: a file is no image; the others are labelled.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zslcore.cli import predict_segments

if TYPE_CHECKING:
    from zslcore.package.answers import Answer, Ranking
    from zslcore.package.classes import Classes
    from zslcore.package.inputs import Block
    from zslcore.package.package import Package

NAME = "predict"
HELP = "label images or folders with a trained method"
SIDES = ("all", "unseen", "seen")


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("model", type=Path, help="folder of a package, data/packages/...")
    images = parser.add_argument(
        "images", type=Path, nargs="+", help="images, or folders to search"
    )
    parser.add_argument(
        "--features",
        type=Path,
        action=_InsteadOf,
        const=images,
        metavar="FILE.npy",
        help="features instead of images",
    )
    parser.add_argument("--row", help="which variant; by default the method itself")
    parser.add_argument("--seed", type=int, help="one seed's model instead of the mean over all")
    parser.add_argument(
        "--classes",
        default="all",
        help="all, unseen, seen, or a CSV of new classes: class,<attribute>,...",
    )
    parser.add_argument(
        "--only-new", action="store_true", help="answer none but the classes of the CSV"
    )
    parser.add_argument("--top", type=_positive, default=3, help="answers per image (3)")
    parser.add_argument("--json", action="store_true", help="one JSON object per line and image")
    parser.add_argument("--batch", type=_positive, default=64, help="images at a time (64)")
    parser.add_argument("--device", default="auto", help="cpu, cuda, cuda:1; auto = a GPU, if any")
    parser.add_argument("--threads", type=int, default=0, help="of the CPU; 0 = PyTorch's choice")
    parser.add_argument("--out", type=Path, help="of a segmenter: folder for overlays and JSON")


def run(args: argparse.Namespace) -> int:
    """Label; the exit code.

    Raises:
        ValueError: the package is not complete, or an argument does not fit it.
    """
    from zslcore.package.files import task_of
    from zslcore.package.package import load
    from zslcore.runtime import device
    from zslcore.runtime.params_file import Runtime

    if task_of(args.model) == "segmentation":
        return predict_segments.run(args)
    _check(args)
    package = load(args.model)
    row = package.row(args.row)
    classes, among = _classes(args, package)
    place = device.start(Runtime(device=args.device, threads=args.threads))
    scorer = package.scorer(row, place)
    if classes.new.any():
        scorer = scorer.with_classes(classes)
    ranking = _ranking(args, package, row, (classes, among))
    seeds = positions(args.seed, scorer.row.seeds)
    blocks = _blocks(args, package, scorer.row.takes, place)  # before the heading: it may refuse
    show = _Lines() if args.json else _Table(ranking, len(seeds))
    sys.stderr.write(f"{_heading(package, row, ranking)}\n")
    unread = 0
    for block in blocks:
        if block.names:
            scores = scorer.scores(block.x)[seeds]
            for name, answers in zip(block.names, ranking.answers(scores), strict=True):
                show.image(name, answers)
        for mistake in block.unread:
            sys.stderr.write(f"{mistake}\n")
        unread += len(block.unread)
    return 1 if unread else 0


def positions(seed: int | None, seeds: tuple[int, ...]) -> list[int]:
    """Those of the seeds that are asked: of one, or of all.

    Raises:
        ValueError: no model has this seed.
    """
    if seed is None:
        return list(range(len(seeds)))
    if seed not in seeds:
        known = ", ".join(map(str, seeds))
        raise ValueError(f"--seed {seed}: there is none; allowed: {known}")
    return [seeds.index(seed)]


class _InsteadOf(argparse.Action):
    """An option with which the positional argument `const` is not required.

    (With nargs="*", argparse would take no image in `MODEL --top 1 IMAGE`.)
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        self.const.required = False
        setattr(namespace, self.dest, values)


class _Lines:
    """A JSON object per image."""

    def image(self, name: str, answers: "list[Answer]") -> None:
        found = [
            {
                "class": each.name,
                "score": round(each.score, 6),
                "seeds": each.votes,
                "seen": each.seen,
                "new": each.new,
            }
            for each in answers
        ]
        line = json.dumps({"image": name, "answers": found}, ensure_ascii=False)
        sys.stdout.write(f"{line}\n")


class _Table:
    """A line per answer."""

    def __init__(self, ranking: "Ranking", seeds: int) -> None:
        self.seeds = seeds
        self.width = max(len(ranking.classes.names[c]) for c in ranking.among.tolist())
        sys.stdout.write(f"rank  {'class':{self.width}}  {'score':>10}  seeds  side    image\n")

    def image(self, name: str, answers: "list[Answer]") -> None:
        for rank, each in enumerate(answers, 1):
            side = "new" if each.new else "seen" if each.seen else "unseen"
            votes = f"{each.votes}/{self.seeds}"
            sys.stdout.write(
                f"{rank:4}  {each.name:{self.width}}  {each.score:10.4f}  {votes:>5}  {side:6}  "
                f"{name}\n"
            )


def _check(args: argparse.Namespace) -> None:
    if args.images and args.features:
        raise ValueError("give images or folders, or else --features FILE.npy, not both")
    if args.out:
        raise ValueError("--out is for segmenters; what this method answers is printed")
    if args.only_new and args.classes in SIDES:
        raise ValueError("--only-new needs --classes FILE.csv, with the new classes")


def _classes(args: argparse.Namespace, package: "Package") -> "tuple[Classes, Any]":
    """All classes to be scored, and positions of those to be answered."""
    from zslcore.package import new_classes

    classes = package.classes
    if args.classes in SIDES:
        return classes, classes.among(args.classes)
    classes = classes.extended(*new_classes.read(Path(args.classes), classes))
    return classes, classes.among("new" if args.only_new else "all")


def _ranking(
    args: argparse.Namespace, package: "Package", row: str, classes: "tuple[Classes, Any]"
) -> "Ranking":
    from zslcore.package.answers import Ranking

    return Ranking(*classes, package.about.rows[row].handicap.handicap(), args.top)


def _blocks(
    args: argparse.Namespace, package: "Package", takes: Any, place: Any
) -> "Iterator[Block]":
    from zslcore.package import search
    from zslcore.package.inputs import Extractor, feature_blocks

    if args.features:
        return feature_blocks(args.features, takes, package.about.features, args.batch)
    backbone = package.backbone()
    return Extractor(backbone, takes, place).blocks(search.images(args.images), args.batch)


def _heading(package: "Package", row: str, ranking: "Ranking") -> str:
    about, handicap = package.about, ranking.handicap
    measured = ", ".join(
        f"{key} {value:.3f} +- {about.rows[row].metrics.get(f'{key}_ci95', 0):.3f}"
        for key in ("zsl.acc", "gzsl.h")
        if (value := about.rows[row].metrics.get(key)) is not None
    )
    return (
        f"{row} on {about.dataset}, {len(ranking.among)} of {len(ranking.classes.names)} classes; "
        f"seen classes are set back ({handicap.family}) by {handicap.value:.4g}; "
        f"`evaluate` measured {measured or 'nothing'}"
    )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text}; allowed: 1 or more")
    return value
