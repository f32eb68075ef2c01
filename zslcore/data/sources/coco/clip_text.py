"""Class vectors from CLIP's text encoder. Radford et al. 2021, https://arxiv.org/abs/2103.00020.

The encoder is loaded where it is used: who needs none need not have transformers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BATCH = 256  # prompts at once


def encode(model: str, names: Sequence[str], prompts: Sequence[str]) -> NDArray[np.float64]:
    """The mean of what the encoder makes of each prompt, at unit length before and after, (K, A).

    Args:
        model: a folder, or a name on the hub. Weights are read from safetensors only.
        names: of K classes.
        prompts: with {} where the name goes.

    Raises:
        ValueError: there is no such model.
    """
    texts = [prompt.format(name) for name in names for prompt in prompts]
    vectors = unit(_encoded(model, texts)).reshape(len(names), len(prompts), -1)
    return unit(vectors.mean(axis=1))


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vectors (.., A) at unit length."""
    scaled: NDArray[np.float64] = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return scaled


def _encoded(model: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """The projected embedding of each text, (N, A), which images are compared with."""
    import torch
    from transformers import CLIPTextModelWithProjection, CLIPTokenizer

    try:
        tokenizer = CLIPTokenizer.from_pretrained(model)
        encoder = CLIPTextModelWithProjection.from_pretrained(model, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"no CLIP text encoder {model}: {error}; give a folder with tokenizer, config.json and "
            "model.safetensors, or a name on the hub that this machine can reach"
        ) from error
    found = []
    with torch.inference_mode():
        for first in range(0, len(texts), BATCH):
            tokens = tokenizer(
                list(texts[first : first + BATCH]),
                padding=True,
                truncation=True,
                return_tensors="pt",
            )
            found.append(encoder(**tokens).text_embeds.double().numpy())
    return np.concatenate(found)
