"""Write a prepared dataset as res101.mat and att_splits.mat, which other code of the field reads.

Captions and region maps have no place in that form, and are left out.
"""

import argparse
import sys
from pathlib import Path

NAME = "export-xlsa17"
HELP = "write a prepared dataset in the field's standard layout (.mat)"


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="data/prepared/<dataset>")
    parser.add_argument("out", metavar="OUT", type=Path, help="folder that is not there yet")
    parser.add_argument(
        "--features",
        metavar="DIR",
        type=Path,
        help="data/features/<dataset>; found beside the prepared dataset if it is there",
    )


def run(args: argparse.Namespace) -> int:
    """Write the files, and say how this package reads them.

    Raises:
        ValueError: a file that is needed is missing, or the folder is there already.
    """
    from zslcore.cli import mat_files, prepared
    from zslcore.cli.new_folder import new_folder

    with new_folder(args.out) as out:
        found = prepared.read(args.folder, args.features)
        names = mat_files.write(found, out)
    sys.stdout.write(f"{args.out}: {', '.join(names)}\n")
    if found.unused:
        sys.stdout.write(f"{found.unused} images that are in no set are left out\n")
    if found.tuned:
        sys.stdout.write(
            "The backbone was fine-tuned on images of the val classes, too: on these features, "
            "choices made on val classes are not honest\n"
        )
    return 0
