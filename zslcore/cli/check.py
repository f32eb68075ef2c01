"""Check a folder of your own images, and describe it; nothing in it is changed."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

NAME = "check"
HELP = "list every problem of a folder of images, and describe it"


def add(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="with classes.csv and images")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.add_argument(
        "--card", metavar="FILE", type=Path, help="write the data card (Markdown) there, too"
    )


def run(args: argparse.Namespace) -> int:
    """Print problems, remarks and the data card; 1 if there is a problem.

    Raises:
        ValueError: there is no such folder, or the card would be written into it.
    """
    from zslcore.data.sources.folder.card import card, markdown
    from zslcore.data.sources.folder.contents import read

    if args.card and args.card.resolve().is_relative_to(args.folder.resolve()):
        raise ValueError(f"{args.card} is in {args.folder}, which is not changed: name another")
    contents = read(args.folder)
    told, problems = card(contents), contents.problems
    if args.json:
        listed: dict[str, Any] = {
            "problems": [problem._asdict() for problem in problems],
            "remarks": [remark._asdict() for remark in contents.remarks],
            "card": told,
        }
        _say(json.dumps(listed, indent=1, ensure_ascii=False))
    else:
        _say(markdown(told))
        for problem in problems:
            _say(str(problem))
        _say(f"{args.folder}: {len(problems) or 'no'} problem{'s' * (len(problems) != 1)}")
    if problems:
        return 1
    if args.card:
        args.card.parent.mkdir(parents=True, exist_ok=True)
        args.card.write_text(markdown(told), encoding="utf-8")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
