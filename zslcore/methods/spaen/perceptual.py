"""The perceptual network: the vector that F starts from, and the maps that images are compared by.

Either a small network, trained on the images of the phase, or torchvision's AlexNet
(https://arxiv.org/abs/1404.5997) up to its first fully connected layer.
"""

from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torchvision.models import AlexNet_Weights, alexnet

from zslcore.features import weights
from zslcore.methods.spaen import config
from zslcore.methods.spaen.initial import made

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of AlexNet's input, in 0..1
LATER = ("classifier.4", "classifier.6")  # layers of AlexNet after the one that is used


class Perceived(NamedTuple):
    """Of B images.

    Attributes:
        maps: phi, of the last convolution after its ReLU, (B, C, h, w).
        vector: of the first fully connected layer after its ReLU, (B, H).
    """

    maps: Tensor
    vector: Tensor


class Perceptual(nn.Module):
    """Images (B, 3, size, size) in [-1, 1] -> maps and vectors.

    Args:
        conv: from normalised images to maps.
        top: from maps to vectors.
        mean, std: of the channels of its input, in 0..1.
    """

    scale: Tensor
    shift: Tensor

    def __init__(
        self, conv: nn.Module, top: nn.Module, mean: tuple[float, ...], std: tuple[float, ...]
    ) -> None:
        super().__init__()
        self.conv, self.top = conv, top
        mean_, std_ = (torch.tensor(each, device="cpu")[:, None, None] for each in (mean, std))
        self.register_buffer("scale", 0.5 / std_, persistent=False)
        self.register_buffer("shift", (0.5 - mean_) / std_, persistent=False)

    def maps(self, x: Tensor) -> Tensor:
        """phi, (B, C, h, w)."""
        found: Tensor = self.conv(torch.addcmul(self.shift, x, self.scale))
        return found

    def forward(self, x: Tensor) -> Perceived:
        """Maps and vectors."""
        maps = self.maps(x)
        return Perceived(maps, self.top(maps))


def build(cfg: config.Perceptual, size: int, seed: int, device: torch.device) -> Perceptual:
    """The network before it is trained on anything here.

    Args:
        cfg: settings.
        size: pixels, side of the images.
        seed: of random weights.
        device: where to put it.

    Raises:
        ValueError: the file of weights does not fit, or the weights cannot be fetched.
    """
    if cfg.kind == "small":
        conv, top = (
            made(part, seed + place, device) for place, part in enumerate(_small(cfg, size))
        )
        half = (0.5, 0.5, 0.5)
        return Perceptual(conv, top, half, half).to(device)
    model: Any = made(_alexnet, seed, torch.device("cpu"))
    if cfg.weights == "hub":
        model.load_state_dict(_from_hub())
    elif cfg.weights != "none":
        weights.load(model, Path(cfg.weights), LATER)
    conv, pool = model.features[:-1], model.features[-1]
    top = nn.Sequential(pool, model.avgpool, nn.Flatten(), *model.classifier)
    return Perceptual(conv, top, MEAN, STD).to(device).eval()


def _small(cfg: config.Perceptual, size: int) -> tuple[Any, Any]:
    """Makers of four convolutions, three of which halve the image, and of the layer above them."""
    w, side = cfg.width, -(-size // 16)
    steps = ((3, w, 2), (w, 2 * w, 2), (2 * w, 4 * w, 2), (4 * w, 4 * w, 1))

    def conv() -> nn.Sequential:
        each = [(nn.Conv2d(i, o, 3, stride, 1), nn.ReLU()) for i, o, stride in steps]
        return nn.Sequential(*[layer for pair in each for layer in pair])

    def top() -> nn.Sequential:
        pool, full = nn.MaxPool2d(2, ceil_mode=True), nn.Linear(4 * w * side * side, cfg.vector)
        return nn.Sequential(pool, nn.Flatten(), full, nn.ReLU())

    return conv, top


def _alexnet() -> nn.Module:
    """Up to the first fully connected layer and its ReLU; without dropout before it."""
    model: Any = alexnet(weights=None)
    first, act = model.classifier[1:3]
    model.classifier = nn.Sequential(OrderedDict([("1", first), ("2", act)]))
    return model


def _from_hub() -> dict[str, Tensor]:
    try:
        held = AlexNet_Weights.IMAGENET1K_V1.get_state_dict(progress=False, check_hash=True)
    except OSError as error:
        raise ValueError(
            f"perceptual.weights: AlexNet's could not be fetched ({error}); fetch the file "
            f"{AlexNet_Weights.IMAGENET1K_V1.url} elsewhere and name it in perceptual.weights"
        ) from error
    return {name: x for name, x in held.items() if not name.startswith(LATER)}


def sizes(network: Perceptual, size: int) -> tuple[int, tuple[int, ...]]:
    """H, and (C, h, w), for images of that side."""
    place = next(network.parameters())
    with torch.inference_mode():
        found = network(torch.zeros(1, 3, size, size).to(place))
    return found.vector.shape[1], tuple(found.maps.shape[1:])
