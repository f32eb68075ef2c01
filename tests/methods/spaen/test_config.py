"""Settings that do not fit together, and those of the real sizes."""

import pytest

from zslcore.methods.spaen.config import Config
from zslcore.runtime.params import ParamsError, check


def test_a_frozen_generator_must_have_learnt_something(settings):
    with pytest.raises(ValueError, match=r"set generator\.steps to 1 or more, generator\.weights"):
        settings({"generator.steps": 0})
    settings({"generator.steps": 0, "generator.freeze": False})
    settings({"generator.steps": 0, "generator.weights": "some.safetensors"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"crops.size": 21}, r"allowed: up to crops\.resize \(20\)"),
        ({"crops.size": 17}, r"the generator's images \(16, "),
        ({"perceptual.kind": "alexnet"}, "AlexNet needs 64 or more"),
        ({"reconstruction.pixel": 0, "reconstruction.feature": 0}, "set one of them above 0"),
    ],
)
def test_what_does_not_fit_is_explained(settings, changes, message):
    with pytest.raises(ValueError, match=message):
        settings(changes)


@pytest.mark.parametrize(
    ("blocks", "size"), [(((3,),), 16), (((3,), (2,), (2,)), 64), (((1,),) * 5, 256)]
)
def test_every_block_doubles_the_image(settings, blocks, size):
    assert settings({"generator.blocks": blocks}).generator.size == size


def test_an_unknown_key_gets_the_nearest(settings):
    values = settings().model_dump()
    values["rank"]["margn"] = 1.0
    with pytest.raises(ParamsError, match=r"spaen\.rank\.margn: unknown key; did you mean margin"):
        check(Config, values, "spaen")
