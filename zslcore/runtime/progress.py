"""How far a long job is: a bar where a person looks on, a line per tenth in a log file."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

logger = logging.getLogger(__name__)


@contextmanager
def counting(
    what: str, total: int, unit: str, shown: bool = True
) -> Iterator[Callable[[int], object]]:
    """Yields `advance`, to be called with the number of items just done.

    Args:
        what: what is done, the first word of the line.
        total: number of items.
        unit: what the items are, in the plural.
        shown: False keeps silent, as all but one of several processes should.
    """
    if not shown:
        yield lambda done: None
    elif sys.stderr.isatty():
        with tqdm(desc=what, total=total, unit=f" {unit}", leave=False) as bar:
            yield bar.update
    else:
        yield _Lines(what, total, unit).advance


class _Lines:
    """A log line with the rate whenever another tenth is done."""

    def __init__(self, what: str, total: int, unit: str) -> None:
        self.what, self.total, self.unit = what, total, unit
        self.done, self.start = 0, time.monotonic()

    def advance(self, done: int) -> None:
        tenths = 10 * self.done // self.total
        self.done += done
        if 10 * self.done // self.total > tenths:
            rate = self.done / max(time.monotonic() - self.start, 1e-9)
            logger.info(
                "%s: %d of %d %s, %.3g per second",
                self.what, self.done, self.total, self.unit, rate,
            )  # fmt: skip
