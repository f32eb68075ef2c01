"""Finding a method by its name."""

import subprocess
import sys

import pytest

from zslcore import methods

ONLY = """
import sys
from zslcore import methods
methods.{call}("{name}")
print(*sorted(sys.modules))
"""


def modules_after(call, name):
    script = ONLY.format(call=call, name=name)
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()


@pytest.mark.parametrize("name", methods.METHODS)
def test_a_method_has_settings_and_a_fit(name):
    assert methods.config_of(name).__name__ == "Config"
    assert callable(methods.load(name).fit)
    assert callable(methods.load(name).load)


@pytest.mark.parametrize("name", methods.METHODS)
def test_settings_are_read_without_torch(name):
    assert "torch" not in modules_after("config_of", name)


@pytest.mark.parametrize("name", methods.METHODS)
def test_importing_one_method_imports_no_other(name):
    packages = {f"zslcore.methods.{other}" for other in methods.METHODS}
    assert packages & set(modules_after("load", name)) == {f"zslcore.methods.{name}"}


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(ValueError, match="unknown method 'baseline'; nearest: baselines"):
        methods.load("baseline")
