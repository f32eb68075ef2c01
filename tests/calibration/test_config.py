import pytest
from pydantic import ValidationError

from zslcore.calibration.config import Config

VALUES = {
    "family": "auto",
    "select": "max_h",
    "aggregate": "mean_h",
    "plateau": 0.002,
    "nonnegative": False,
}


@pytest.mark.parametrize(
    ("setting", "kind", "family"),
    [
        ("auto", "similarity", "additive"),
        ("auto", "distance", "multiplicative"),
        ("additive", "distance", "additive"),
        ("multiplicative", "similarity", "multiplicative"),
    ],
)
def test_family(setting, kind, family):
    assert Config(**VALUES | {"family": setting}).family_for(kind) == family


@pytest.mark.parametrize(
    "bad",
    [
        {"family": "gate"},
        {"select": "max"},
        {"aggregate": "median"},
        {"plateau": -0.1},
        {"plateau": 1.0},
        {"grid": 10},
    ],
    ids=str,
)
def test_a_wrong_setting_is_refused(bad):
    with pytest.raises(ValidationError):
        Config(**VALUES | bad)
