"""classes.csv: which classes there are, and which of them are seen."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from zslcore.data.sources.folder import table
from zslcore.data.sources.folder.findings import Findings, hint

FILE = "classes.csv"
COLUMNS = table.Columns(("class", "role"))
Role = Literal["seen", "val", "unseen"]
ROLES: tuple[Role, ...] = get_args(Role)
LEAST: dict[Role, int] = {"seen": 2, "val": 1, "unseen": 1}  # classes of each role


class Class(NamedTuple):
    """A class: its name, its role (None if that is none), and the row that says so."""

    name: str
    role: Role | None
    row: int


Classes = Mapping[str, Class]
"""By name, in the order of the file."""


def read(folder: Path, findings: Findings) -> Classes:
    """The classes in the order of their rows; those without a name of their own are left out."""
    found = table.read(folder / FILE, COLUMNS, findings)
    classes: dict[str, Class] = {}
    for row in found.rows if found else ():
        name, role = row.cells["class"], row.cells["role"]
        if not name or not name.isprintable():
            findings.problem(FILE, f"{name!r} is no name of a class; give it one", row.number)
        elif name in classes:
            text = f"class {name} is there twice, first in row {classes[name].row}; keep one"
            findings.problem(FILE, text, row.number)
        else:
            classes[name] = Class(name, _role(role, row.number, findings), row.number)
    if found and found.rows:
        _count(classes, findings)
    return classes


def _role(said: str, row: int, findings: Findings) -> Role | None:
    found = next((role for role in ROLES if role == said), None)
    if found is None:
        findings.problem(FILE, f"unknown role {said!r}{hint(said, ROLES)}", row)
    return found


def _count(classes: Classes, findings: Findings) -> None:
    count = Counter(each.role for each in classes.values())
    for role, least in LEAST.items():
        if count[role] < least:
            what = {1: "at least one", 2: "at least two"}[least]
            text = f"{count[role]} classes have the role {role}; {what} must: {_why(role)}"
            findings.problem(FILE, text)
    for role in ROLES[1:]:
        if count[role] == 1:
            text = f"one class alone has the role {role}: it is told from no other unseen class"
            findings.remark(FILE, f"{text}, so that accuracies among these are all 1")


def _why(role: Role) -> str:
    return {
        "seen": "they are what is trained on while choices are made",
        "val": "seen classes that play unseen, on which every choice is made",
        "unseen": "without images to train on, what is evaluated",
    }[role]
