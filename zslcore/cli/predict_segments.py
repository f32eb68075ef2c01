"""`predict` with a segmenter's package: what is where in each image, as pictures and COCO files."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from zslcore.package.segmentation import Found, Package
    from zslcore.segments.source import Pixels


def run(args: argparse.Namespace) -> int:
    """Segment; the exit code.

    Raises:
        ValueError: the package is not complete, or an argument does not fit it.
    """
    from zslcore.package import search, segmentation
    from zslcore.package.coco import Coco
    from zslcore.package.overlay import overlay
    from zslcore.report.plots.segments import colours
    from zslcore.runtime import device
    from zslcore.runtime.params_file import Runtime

    _check(args)
    files = search.images(args.images)
    place = device.start(Runtime(device=args.device, threads=args.threads))
    package = segmentation.load(args.model, args.row, place)
    about, seeds = package.about, _seeds(args, package)
    palette = colours(package.seen)
    coco = Coco(args.out, about.class_names, package.things, package.seen)
    pictures = args.out / "overlays"
    pictures.mkdir(exist_ok=True)
    read = 0
    for read, (file, pixels) in enumerate(_opened(files), 1):
        stem, found = f"{read:06}_{file.stem}", package.segment(pixels, seeds)
        coco.add(file, stem, *found)
        picture = pictures / f"{stem}.png"
        overlay(pixels, found.panoptic, about.class_names, palette).save(picture)
        _say(args, file, _segments(package, found))
    coco.write(with_instances=about.truth != "semantic")
    sys.stderr.write(f"{read} images segmented: {args.out}\n")
    return 0 if read == len(files) else 1


def _check(args: argparse.Namespace) -> None:
    if args.out is None:
        raise ValueError("a segmenter needs --out DIR, for pictures and COCO files")
    if args.features or args.only_new or args.classes != "all":
        raise ValueError(
            "a segmenter takes images, and answers all its classes: --features, --classes and "
            "--only-new are not for it. PADing has to be trained for new classes: add them to the "
            "dataset as unseen ones and run `dvc repro`"
        )


def _seeds(args: argparse.Namespace, package: "Package") -> list[int]:
    from zslcore.cli.predict import positions

    return positions(args.seed, package.about.rows[package.row].seeds)


def _opened(files: list[Path]) -> "Iterator[tuple[Path, Pixels]]":
    """Images that can be read; the others are named."""
    from zslcore.features.images import Images

    for file in files:
        try:
            yield file, np.asarray(Images([file]).open(0))
        except ValueError as error:
            reason = error.__cause__ or error
            sys.stderr.write(f"{file} is no image that can be read ({reason})\n")


def _segments(package: "Package", found: "Found") -> list[dict[str, object]]:
    shares = np.bincount(found.panoptic.map.ravel()) / found.panoptic.map.size
    return [
        {
            "class": package.about.class_names[each.label],
            "share": round(float(shares[each.id]), 4),
            "seen": bool(package.seen[each.label]),
        }
        for each in found.panoptic.segments
    ]


def _say(args: argparse.Namespace, file: Path, segments: list[dict[str, object]]) -> None:
    if args.json:
        line = json.dumps({"image": str(file), "segments": segments}, ensure_ascii=False)
        sys.stdout.write(f"{line}\n")
        return
    for each in segments:
        side = "seen" if each["seen"] else "unseen"
        sys.stdout.write(f"{file}  {each['share']:7.1%}  {side:6}  {each['class']}\n")
    if not segments:
        sys.stdout.write(f"{file}  nothing found\n")
