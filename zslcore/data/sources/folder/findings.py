"""What is wrong or unusual in a user's files: collected, so that all of it is said at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple


class Finding(NamedTuple):
    """Something in a file.

    Attributes:
        file: below the dataset's folder.
        row: line of a CSV file, from 1, the header's; None where there are no rows.
        text: what it is, what is allowed, what to do.
    """

    file: str
    row: int | None
    text: str

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{where}: {self.text}"


@dataclass(frozen=True)
class Findings:
    """Problems, with which nothing is trained, and remarks, in the order in which they are met."""

    problems: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)

    def problem(self, file: str, text: str, row: int | None = None) -> None:
        """Something that must be put right."""
        self.problems.append(Finding(file, row, text))

    def remark(self, file: str, text: str, row: int | None = None) -> None:
        """Something that is read as the text says, and worth knowing."""
        self.remarks.append(Finding(file, row, text))


def hint(name: str, known: Sequence[str]) -> str:
    """The end of a message about an unknown name: the nearest one, or all if they are few."""
    return _hint(name, tuple(known))


@lru_cache(maxsize=1024)  # a mistake may be in thousands of rows
def _hint(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; allowed: {', '.join(known)}" if len(known) < 10 else ""


def shown(name: str) -> str:
    """A file's name as a message can hold it, whatever bytes it has."""
    return name if name.isprintable() else ascii(name)
