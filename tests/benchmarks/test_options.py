"""Settings changed from the command line."""

import pytest

from benchmarks.options import changed, overrides

SECTION = {"training": {"loss": {"pair": "code"}, "epochs": 80}, "rank": 0}


def test_changes_reach_dotted_keys_and_leave_the_section_alone():
    found = changed(SECTION, {"training.loss.pair": "paper", "rank": 2}, "dedn")
    assert found == {"training": {"loss": {"pair": "paper"}, "epochs": 80}, "rank": 2}
    assert SECTION == {"training": {"loss": {"pair": "code"}, "epochs": 80}, "rank": 0}


@pytest.mark.parametrize("path", ["pair", "training.los.pair", "training.loss.pai", "rank.x"])
def test_a_key_that_is_not_there_is_named(path):
    with pytest.raises(SystemExit, match=rf"-S {path}: no such key in section dedn"):
        changed(SECTION, {path: 1}, "dedn")


def test_values_are_read_as_in_params_yaml():
    given = ["a.b=1e-3", "c=true", "d=code", "e=", "f=x=y"]
    assert overrides(given) == {"a.b": 1e-3, "c": True, "d": "code", "e": None, "f": "x=y"}
    with pytest.raises(SystemExit, match="-S epochs: write KEY=VALUE"):
        overrides(["epochs"])
