"""How every stage is started: arguments from its `main`, errors as messages for people."""

import argparse
import inspect
import sys
from collections.abc import Callable


def enter(main: Callable[..., None]) -> None:
    """Run `main` with one positional argument per parameter, all of them words.

    A ValueError is a mistake in somebody's data or settings: it ends the stage with its message
    and exit code 2, without a traceback. Anything else is our mistake and shows one.
    """
    module = sys.modules[main.__module__]
    parser = argparse.ArgumentParser(
        prog=f"python -m {getattr(module.__spec__, 'name', 'stage')}", description=module.__doc__
    )
    for name in inspect.signature(main).parameters:
        parser.add_argument(name)
    try:
        main(**vars(parser.parse_args()))
    except ValueError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        sys.exit(2)
