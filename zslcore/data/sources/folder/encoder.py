"""Vectors of texts by a text encoder. It is loaded where it is used, and never from a pickle."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from zslcore.data.sources.coco import clip_text

BATCH = 64  # texts at once
CLIP = ("clip", "clip_text_model")  # whose projection is what images are compared with


def encode(
    model: str, texts: Sequence[str], pooling: Literal["mean", "first"]
) -> NDArray[np.float64]:
    """The vector of each text at unit length, (N, A).

    Args:
        model: a folder, or a name on the hub. Weights are read from safetensors only, and no code
            that comes with a model is run.
        texts: N.
        pooling: of the last layer's states: the mean over a text's tokens (sentence encoders), or
            the first one (BERT's [CLS]); CLIP's text encoders have a projection instead.

    Raises:
        ValueError: there is no such model.
    """
    from transformers import AutoConfig

    try:
        kind = AutoConfig.from_pretrained(model).model_type
    except (OSError, ValueError) as error:
        raise ValueError(_no_model(model, error)) from error
    if kind in CLIP:
        return clip_text.encode(model, texts, ("{}",))
    return clip_text.unit(_pooled(model, texts, pooling))


def _pooled(model: str, texts: Sequence[str], pooling: str) -> NDArray[np.float64]:
    """A multiple of each text's vector, (N, A)."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(model)
        encoder = AutoModel.from_pretrained(model, use_safetensors=True).eval()
        encoder = encoder.get_encoder() if encoder.config.is_encoder_decoder else encoder
    except (OSError, ValueError) as error:
        raise ValueError(_no_model(model, error)) from error
    found = []
    with torch.inference_mode():
        for first in range(0, len(texts), BATCH):
            tokens: Any = tokenizer(
                list(texts[first : first + BATCH]),
                padding=True,
                truncation=True,
                return_tensors="pt",
            )
            states = encoder(**tokens).last_hidden_state.double()
            there = tokens["attention_mask"].double()
            if pooling == "first":  # not of all tokens: the first one that is no padding
                there = (there.cumsum(1) == 1).double() * there
            found.append((there[:, None] @ states)[:, 0].numpy())  # a sum; scaled by the caller
    return np.concatenate(found)


def _no_model(model: str, error: Exception) -> str:
    return (
        f"no text encoder {model}: {error}; give a folder with tokenizer, config.json and "
        "model.safetensors, or a name on the hub that this machine can reach"
    )
