"""The settings of captions."""

import pytest

from zslcore.data.captions.config import CaptionsConfig
from zslcore.runtime.params import ParamsError, check

VALUES = {"layout": "auto", "unpickle": False, "image_key": None, "caption_key": None}


@pytest.mark.parametrize("key", VALUES)
def test_every_key_must_be_set(key):
    with pytest.raises(ParamsError, match=f"captions.{key}: missing"):
        check(CaptionsConfig, {k: v for k, v in VALUES.items() if k != key}, "captions")


@pytest.mark.parametrize(("key", "value"), [("layout", "reed"), ("image_key", ""), ("unpickle", 3)])
def test_values_that_are_not_allowed(key, value):
    with pytest.raises(ParamsError, match=f"captions.{key}"):
        check(CaptionsConfig, {**VALUES, key: value}, "captions")
