"""Commands on the user's own data and files: python -m zslcore COMMAND --help."""

import argparse
import os
import sys
from collections.abc import Sequence

from zslcore.cli import check, export_xlsa17, import_xlsa17, predict

COMMANDS = (check, export_xlsa17, import_xlsa17, predict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code.

    A ValueError is a mistake in somebody's files: its message and exit code 2, without a traceback.
    """
    parser = argparse.ArgumentParser(prog="python -m zslcore", description=__doc__)
    below = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        own = below.add_parser(command.NAME, help=command.HELP, description=command.__doc__)
        command.add(own)
        own.set_defaults(run=command.run, prog=own.prog)
    args = parser.parse_args(arguments)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ValueError as error:
        sys.stderr.write(f"{args.prog}: {error}\n")
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
