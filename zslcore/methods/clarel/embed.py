"""Images and captions in the space of one trained pair of encoders, without gradients."""

import numpy as np
import torch

from zslcore.data.problem import Array
from zslcore.methods.clarel.encoders import Networks
from zslcore.text.tokens import Tokens

ROWS = 256  # images or captions at a time


def embed_images(networks: Networks, x: Array) -> Array:
    """z_v of features (N, V), float32 (N, Z)."""
    place = networks.of_image.weight
    with torch.inference_mode():
        blocks = [networks.images(torch.from_numpy(b).to(place)) for b in _blocks(x)]
    return np.concatenate([block.float().cpu().numpy() for block in blocks])


def embed_texts(networks: Networks, tokens: Tokens) -> Array:
    """z_t of N images: the mean of their captions, float32 (N, Z).

    Every distinct caption is encoded once, in the company of others of about its length; as
    padding changes nothing, neither does the company.
    """
    order = tokens.lengths.argsort(kind="stable")
    placed = np.empty((len(order), networks.of_text.out_features), np.float32)
    with torch.inference_mode():
        for rows in _blocks(order):
            once = np.ones(len(rows), np.int64)
            encoded = networks.captions(tokens.ids[rows], tokens.lengths[rows], once)
            placed[rows] = networks.of_text(encoded).float().cpu().numpy()
    of_captions = placed[tokens.index].astype(np.float64)
    return (np.add.reduceat(of_captions, tokens.start) / tokens.count[:, None]).astype(np.float32)


def _blocks(rows: Array) -> list[Array]:
    return [rows[i : i + ROWS] for i in range(0, len(rows), ROWS)]
