"""Read res101.mat and att_splits.mat into a folder of CSV files and features.npy.

That is the layout of the source `folder`, with features instead of images: it can be read, edited
(classes taken out, attributes or roles changed) and checked, and `prepare` reads it.
"""

import argparse
import sys
from pathlib import Path

NAME = "import-xlsa17"
HELP = "turn .mat files in the field's standard layout into CSV files and features.npy"


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("folder", metavar="FILES", type=Path, help="folder with the .mat files")
    parser.add_argument("out", metavar="OUT", type=Path, help="folder that is not there yet")
    parser.add_argument("--features", default="res101.mat", help="default: %(default)s")
    parser.add_argument("--split", default="att_splits.mat", help="default: %(default)s")
    parser.add_argument(
        "--class-vectors", metavar="FILE", help="whose `att` describes the classes; default: SPLIT"
    )
    parser.add_argument(
        "--attribute-names", metavar="FILE", help="with one attribute per line; default: numbers"
    )
    parser.add_argument(
        "--fold", type=int, choices=(1, 2, 3), default=1, help="of the val classes; default: 1"
    )


def run(args: argparse.Namespace) -> int:
    """Write the folder.

    Raises:
        ValueError: a file is missing or not in order, or the folder is there already.
    """
    from zslcore.cli import csv_folder
    from zslcore.cli.new_folder import new_folder
    from zslcore.data.sources.xlsa17 import images
    from zslcore.data.sources.xlsa17.load import load

    with new_folder(args.out) as out:
        named = (args.features, args.split, args.class_vectors, args.attribute_names, args.fold)
        cfg = csv_folder.settings(args.folder, csv_folder.Files(*named))
        found = load(args.folder, cfg, args.folder.resolve().name)
        unused = csv_folder.write(found, images.read(args.folder, cfg).files, out)
    sys.stdout.write(f"{args.out}: {', '.join(sorted(p.name for p in args.out.iterdir()))}\n")
    if unused:
        sys.stdout.write(f"{unused} images that are in no set are left out\n")
    return 0
