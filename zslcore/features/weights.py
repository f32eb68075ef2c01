"""Weights of a backbone on disk and their fingerprint. Reading them runs no code."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

Weights = Mapping[str, Tensor]
WRAPPERS = ("state_dict", "model")  # under which training codes keep the weights in their files


def sha256(model: nn.Module) -> str:
    """That of the file that `save` would write."""
    return hashlib.sha256(_safetensors(model)).hexdigest()


def save(model: nn.Module, path: Path) -> None:
    """Write parameters and buffers as safetensors."""
    path.write_bytes(_safetensors(model))  # the library's own writing makes files private


def load(model: nn.Module, path: Path, head: tuple[str, ...] = ()) -> None:
    """Fill the model from a .safetensors or .pth file.

    Args:
        model: without its classifier.
        path: of the file.
        head: modules of the classifier, which the file may have; they are left out.

    Raises:
        ValueError: the file is missing, of another kind, or does not fit the model exactly.
    """
    prefixes = tuple(f"{name}." for name in head)
    held = {name: x for name, x in _read(path).items() if not name.startswith(prefixes)}
    own = model.state_dict()
    missing, surplus = own.keys() - held.keys(), held.keys() - own.keys()
    other = {
        f"{name} {tuple(held[name].shape)} for {tuple(own[name].shape)}"
        for name in own.keys() & held.keys()
        if held[name].shape != own[name].shape
    }
    if missing or surplus or other:
        raise ValueError(
            f"{path} does not fit the model: {_listed('missing', missing)}, "
            f"{_listed('not of the model', surplus)}, {_listed('of another shape', other)}"
        )
    model.load_state_dict(held)


def _safetensors(model: nn.Module) -> bytes:
    return safetensors.torch.save({k: x.cpu().contiguous() for k, x in model.state_dict().items()})


def _read(path: Path) -> Weights:
    if not path.is_file():
        raise ValueError(f"weights: {path} does not exist; allowed: none, hub, or a file")
    try:
        if path.suffix == ".safetensors":
            return safetensors.torch.load_file(path)
        held = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # damaged files end the readers in errors of many kinds
        raise ValueError(
            f"{path} cannot be read as weights; allowed: .safetensors, or a .pth file "
            f"that holds tensors and nothing that would run code ({error})"
        ) from error
    return _unwrapped(held, path)


def _unwrapped(held: object, path: Path) -> Weights:
    for name in WRAPPERS:
        if isinstance(held, dict) and isinstance(held.get(name), dict):
            held = held[name]
    if not isinstance(held, dict) or not all(isinstance(x, Tensor) for x in held.values()):
        raise ValueError(f"{path} holds no weights by name")
    return {name.removeprefix("module."): x for name, x in held.items()}


def _listed(what: str, names: set[str]) -> str:
    few = sorted(names)[:5]
    return f"{len(names)} {what}" + (
        f" ({', '.join(few)}{', ...' * (len(names) > 5)})" if few else ""
    )
