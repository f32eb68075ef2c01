"""Every command that the README shows is one that works, as far as that shows without running it.

Settings are set and checked, command lines are parsed by the programs they are for. What needs a
repository with results is run in `tests/stages`.
"""

import argparse
import re
import runpy
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides, get_hydra_sweeps

from stages.settings import resolved
from zslcore.runtime.params_file import read_yaml

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PROGRAMS = ("dvc", "python", "make", "source", "cp", "ZSL_")
# what is run in tests/stages, word by word
RUN = {
    *("queue start", "metrics diff", "plots show", "exp show", "exp run", "repro"),
    *("add", "remote add", "push", "pull", "metrics show"),
}


def commands():
    """All commands: those of unnamed code blocks, and those that stand in a line of text."""
    blocks = re.findall(r"^```\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    text = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    lines += [" ".join(each.split()) for each in re.findall(r"`([^`]+)`", text)]
    parts = [part for line in lines for part in " ".join(words(line)).split(" && ")]
    return sorted({part for part in parts if part.startswith(PROGRAMS) and " " in part})


def words(line):
    """A line's words, quoted again where they have to be; comments are gone."""
    try:
        found = shlex.split(line, comments=True)
    except ValueError:  # an apostrophe: no command
        return []
    return [each if each == "&&" else shlex.quote(each) for each in found]


def of(*beginnings):
    """The words of all commands that begin like this, what is set before them left out."""
    split = {each: shlex.split(each) for each in commands()}
    bare = {each: [w for w in ws if not w.startswith("ZSL_")] for each, ws in split.items()}
    chosen = {each: ws for each, ws in bare.items() if " ".join(ws).startswith(beginnings)}
    return [pytest.param(ws, id=each) for each, ws in chosen.items()]


def is_pattern(command):
    """Whether it says where something else has to be put: STUDY, DATASET."""
    return any(re.fullmatch(r"[A-Z]{3,}", word) for word in command)


def test_commands_are_found():
    found = commands()
    assert len(found) > 40
    assert {each.split()[0] for each in found} >= {"dvc", "python", "make", "cp"}


def test_every_command_is_looked_at():
    looked_at = of("dvc exp run", "dvc repro", "python", "make", "source", "cp", "dvc ")
    assert {each.id for each in looked_at} == set(commands())


@pytest.mark.parametrize("command", of("dvc exp run", "dvc repro"))
def test_settings_can_be_set(command, tmp_path):
    parser = argparse.ArgumentParser()
    parser.add_argument("-S", action="append", default=[])
    for option in ("--queue", "--temp", "--force"):
        parser.add_argument(option, action="store_true")
    given = parser.parse_args(command[3:] if command[1] == "exp" else command[2:])
    sets = get_hydra_sweeps({"params.yaml": given.S}) if given.queue else [{"": given.S}]
    for each in sets:
        (overrides,) = each.values()
        copy = tmp_path / "params.yaml"
        shutil.copy(ROOT / "params.yaml", copy)
        if overrides:
            apply_overrides(copy, list(overrides))
        assert resolved(read_yaml(copy))


class Parsed(Exception):
    """The command line was understood."""


# a module that another test has imported is run again
@pytest.mark.filterwarnings("ignore:.* found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize("command", of("python"))
def test_command_lines_are_understood(command, monkeypatch):
    if is_pattern(command) and "zslcore" not in command:
        assert (ROOT / Path(*command[2].split("."))).with_suffix(".py").exists()
        return
    real = argparse.ArgumentParser.parse_args

    def parse(parser, args=None, namespace=None):
        raise Parsed(real(parser, args, namespace))

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse)
    monkeypatch.setattr(sys, "argv", ["", *command[3:]])
    monkeypatch.chdir(ROOT)
    with pytest.raises(Parsed):
        runpy.run_module(command[2], run_name="__main__", alter_sys=False)


@pytest.mark.parametrize("command", of("dvc "))
def test_what_dvc_does_is_run_by_a_test(command):
    called = " ".join(
        command[1:3]
        if command[1] in ("exp", "queue", "metrics", "plots", "remote")
        else command[1:2]
    )
    if called == "dag":
        return
    assert called in RUN
    tests = "".join(path.read_text() for path in (ROOT / "tests" / "stages").glob("*.py"))
    assert re.search(", ".join(f'"{word}"' for word in called.split()), tests)


@pytest.mark.parametrize("command", of("make"))
def test_targets_exist(command):
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^{command[1]}:", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("command", of("cp"))
def test_files_go_where_there_is_a_place(command):
    assert (ROOT / command[-1]).is_dir()
