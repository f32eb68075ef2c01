"""What we need of timm: https://github.com/huggingface/pytorch-image-models."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import timm
import torch
from timm.data.config import resolve_model_data_config
from torch import Tensor

from zslcore.features.preprocess import Preprocess


def create(name: str, args: Mapping[str, Any], pretrained: bool) -> Any:
    """A model without classifier."""
    model = timm.create_model(name, pretrained=pretrained, num_classes=0, **args)
    # convolutions take half the time in this order of memory, on CPUs too
    return model.eval().to(memory_format=torch.channels_last)


def resize(model: Any, size: tuple[int, int]) -> None:
    """Make the model take inputs of this size; its position embeddings are interpolated."""
    if hasattr(model, "set_input_size"):
        model.set_input_size(img_size=size)


def classifier(model: Any) -> tuple[str, ...]:
    """Names of the modules that make up the model's classifier."""
    names = model.pretrained_cfg["classifier"]
    return (names,) if isinstance(names, str) else tuple(names)


def preprocess(model: Any, image_size: int, crop_pct: float) -> Preprocess:
    """The model's own preprocessing, at another size or crop where these are not 0."""
    given: dict[str, Any] = {"crop_pct": crop_pct}  # 0 is "not given" to timm, too
    if image_size:
        given["img_size"] = image_size
    config = resolve_model_data_config(model, given)
    size = tuple(config.pop("input_size")[1:])
    return Preprocess(size=size, **config)


def pooled_and_map(model: Any, x: Tensor, layer: int) -> tuple[Tensor, Tensor]:
    """(B, 3, height, width) -> (B, D) and the layer's map (B, C, rows, columns), in one pass.

    The map of a transformer is that of its patches, without class token.
    """
    last, maps = model.forward_intermediates(x, indices=[layer], norm=True)
    return model.forward_head(last, pre_logits=True), maps[0]


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Failures of timm, as what a reader of params.yaml can act on."""
    try:
        yield
    except OSError as error:
        raise OSError(
            f"features.model {name}: its files could not be fetched ({error}); fetch the "
            "weights elsewhere and set features.weights to the path of that file"
        ) from error
    except (RuntimeError, TypeError, AssertionError) as error:
        near = get_close_matches(name, timm.list_models(), cutoff=0.75)
        similar = f"; similar names: {', '.join(near)}" if near else ""
        raise ValueError(
            f"features.model {name}: timm cannot make or run it with these settings "
            f"({error}){similar}"
        ) from error
