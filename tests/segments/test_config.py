"""Settings that cannot be are refused."""

import pytest

from tests.methods.nested import changed
from tests.segments.made_up import SETTINGS
from zslcore.runtime.params import ParamsError, check
from zslcore.segments.config import Config


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"network.hidden": 48}, "network.hidden: input should be a multiple of 32"),
        ({"network.heads": 5}, "hidden is 32, not a multiple of heads, 5"),
        ({"network.backbone.weights": "hub"}, "starts from random ones"),
        ({"network.backbone.depths": (1, 1)}, "network.backbone.depths"),
        ({"augment.crop": 100}, "augment.crop: input should be a multiple of 32"),
        ({"augment.scale_min": 2.0}, "scale_min 2.0 is above scale_max 1.5"),
        ({"loss.importance": 1.1}, "loss.importance"),
    ],
)
def test_impossible_settings_are_named(changes, told):
    with pytest.raises(ParamsError, match=told):
        check(Config, changed(SETTINGS, changes))
