"""Mask2Former of transformers, from settings: nothing is fetched but a backbone's weights."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import timm
import torch
from timm.layers.norm_act import freeze_batch_norm_2d
from transformers import (
    Mask2FormerConfig,
    Mask2FormerModel,
    PreTrainedConfig,
    ResNetConfig,
    TimmBackboneConfig,
)
from transformers.utils import logging as library_logging

from zslcore.segments.config import Backbone, Network

# their arguments are told to the reader, not to the type checker
_TIMM: Any = TimmBackboneConfig
_RESNET: Any = ResNetConfig
REDUCTIONS = (4, 8, 16, 32)  # of the feature maps that the pixel decoder takes


def build(cfg: Network, weights: str) -> Any:
    """Mask2Former without class layer; random weights follow PyTorch's own stream.

    Args:
        cfg: of the network.
        weights: those of the backbone; none where they are to be loaded with all others.

    Raises:
        ValueError: timm does not know the backbone, or cannot make four maps of it.
        OSError: the backbone's weights could not be fetched.
    """
    with _silent():
        network = Mask2FormerModel(_config(cfg))
    backbone = network.pixel_level_module.encoder
    if weights != "none":
        _fill(backbone, cfg.backbone, weights)
    if cfg.backbone.frozen_norm:
        freeze_batch_norm_2d(backbone)
    # its convolutions are faster in this order of memory, on CPUs too
    backbone.to(memory_format=torch.channels_last)
    return network


def _config(cfg: Network) -> Mask2FormerConfig:
    return Mask2FormerConfig(
        backbone_config=_backbone(cfg.backbone),
        feature_size=cfg.hidden,
        mask_feature_size=cfg.hidden,
        hidden_dim=cfg.hidden,
        num_attention_heads=cfg.heads,
        num_queries=cfg.queries,
        encoder_layers=cfg.encoder.layers,
        encoder_feedforward_dim=cfg.encoder.feedforward,
        decoder_layers=cfg.decoder.layers + 1,  # the library counts the queries themselves
        dim_feedforward=cfg.decoder.feedforward,
    )


def _backbone(cfg: Backbone) -> PreTrainedConfig:
    if cfg.kind != "resnet":
        return _TIMM(
            backbone=cfg.kind, use_pretrained_backbone=False, out_indices=_indices(cfg.kind)
        )
    return _RESNET(
        embedding_size=cfg.channels[0],
        hidden_sizes=list(cfg.channels),
        depths=list(cfg.depths),
        layer_type="basic",
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )


def _indices(kind: str) -> list[int]:
    """Which of timm's feature maps are at 1/4, 1/8, 1/16 and 1/32."""
    try:
        with torch.device("meta"):
            model: Any = timm.create_model(kind, pretrained=False, features_only=True)
    except (RuntimeError, AttributeError, TypeError) as error:
        raise ValueError(
            f"backbone.kind {kind}: timm cannot make feature maps of it ({error}); allowed: "
            "resnet, or a timm name as resnet50.tv_in1k"
        ) from error
    reductions = model.feature_info.reduction()
    if missing := set(REDUCTIONS) - set(reductions):
        raise ValueError(
            f"backbone.kind {kind} has feature maps at 1/{reductions}, none at 1/{sorted(missing)}"
        )
    return [reductions.index(each) for each in REDUCTIONS]


def _fill(backbone: Any, cfg: Backbone, weights: str) -> None:
    if weights != "hub" and not Path(weights).is_file():
        raise ValueError(f"backbone.weights: {weights} does not exist; allowed: none, hub, a file")
    filled = timm.create_model(
        cfg.kind,
        pretrained=True,
        features_only=True,
        out_indices=backbone.config.out_indices,
        pretrained_cfg_overlay=None if weights == "hub" else {"file": weights},
    )
    backbone._backbone.load_state_dict(filled.state_dict())


@contextmanager
def _silent() -> Iterator[None]:
    """Without the library's remark that it has only seen Swin as a backbone."""
    verbosity = library_logging.get_verbosity()
    library_logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        library_logging.set_verbosity(verbosity)
