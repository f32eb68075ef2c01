"""The methods, one folder each. Adding one = adding its folder and its name here.

A folder `<name>` has two modules that others may import (importing one method imports no other):

    config.py    Config: its settings, checked when read; free of torch, so that reading is quick
    method.py    fit(problem, cfg, run) -> model     the trained model
                 load(folder, device) -> model       what `model.save(folder)` wrote
"""

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from zslcore.data.problem import Array
from zslcore.data.scores import Kind
from zslcore.runtime.params import Params

if TYPE_CHECKING:
    import torch

METHODS = ("baselines", "bivaegan", "clarel", "dedn", "spaen")


class Model(Protocol):
    """A trained method, for all classes of its phase.

    Attributes:
        kind: "distance" where the scores are negated distances, so never above 0: only these may
            be calibrated by a factor.
    """

    @property
    def kind(self) -> Kind: ...

    def scores(self, x: Array) -> Array:
        """Images (N, D) float32 -> (S, N, K) float32, higher is likelier; S = 1 without seeds."""

    def save(self, folder: Path) -> None:
        """Write the model as safetensors and JSON."""


class Load(Protocol):
    """Reads a model; without a device, on the CPU."""

    def __call__(self, folder: Path, device: "torch.device | None" = None) -> Model: ...


class Method(Protocol):
    """What `zslcore.methods.<name>.method` provides."""

    fit: Callable[..., Any]
    load: Load


def config_of(name: str) -> type[Params]:
    """The settings class of a method, without importing its training code.

    Raises:
        ValueError: there is no such method.
    """
    return cast(type[Params], import_module(f"{__name__}.{_known(name)}.config").Config)


def load(name: str) -> Method:
    """The training module of a method.

    Raises:
        ValueError: there is no such method.
    """
    return cast(Method, import_module(f"{__name__}.{_known(name)}.method"))


def _known(name: str) -> str:
    if name in METHODS:
        return name
    near = get_close_matches(name, METHODS, n=1, cutoff=0.0)[0]
    raise ValueError(f"unknown method {name!r}; nearest: {near}; known: {', '.join(METHODS)}")
