"""The settings of the baselines."""

import pytest

from zslcore.methods.baselines.config import NAMES, Config
from zslcore.methods.baselines.method import BASELINES
from zslcore.runtime.params import ParamsError, check


def test_every_baseline_has_a_name_and_a_section():
    assert tuple(BASELINES) == NAMES
    assert set(NAMES) <= set(Config.model_fields)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["eszsl", "sae_vs", "eszsl"], "names: .*more than once: eszsl"),
        (["eszls"], r"names.*eszls"),
        ([], "names"),
    ],
)
def test_names_are_checked(names, message):
    with pytest.raises(ParamsError, match=message):
        check(Config, {"names": names})
