"""The image generator: from the perceptual network's vector to an image in [-1, 1].

Dosovitskiy & Brox 2016, https://arxiv.org/abs/1602.02644, as SP-AEN's code uses it; the settings
say how many blocks it has.
"""

from collections import OrderedDict

from torch import nn

from zslcore.methods.spaen.config import START, Generator

RGB = 3


def layers(inputs: int, cfg: Generator, slope: float) -> nn.Sequential:
    """(B, I) -> (B, 3, size, size), the last layer linear.

    Fully connected layers, the last of them as a map of 4 x 4 pixels; then blocks of a transposed
    convolution 4 x 4 that doubles the map and convolutions 3 x 3 that do not; then a transposed
    convolution to three channels.

    Args:
        inputs: size of the vector.
        cfg: settings.
        slope: of leaky ReLU, after all layers but the last.
    """
    found: OrderedDict[str, nn.Module] = OrderedDict()
    for place, width in enumerate((*cfg.fc, cfg.start * START * START)):
        found[f"fc{place}"], inputs = nn.Linear(inputs, width), width
        found[f"fc{place}_act"] = nn.LeakyReLU(slope)
    found["map"], channels = nn.Unflatten(1, (cfg.start, START, START)), cfg.start
    for place, (up, *others) in enumerate(cfg.blocks):
        found[f"up{place}"], channels = nn.ConvTranspose2d(channels, up, 4, 2, 1), up
        found[f"up{place}_act"] = nn.LeakyReLU(slope)
        for number, out in enumerate(others):
            found[f"conv{place}_{number}"] = nn.Conv2d(channels, out, 3, 1, 1)
            found[f"conv{place}_{number}_act"], channels = nn.LeakyReLU(slope), out
    found["out"] = nn.ConvTranspose2d(channels, RGB, 4, 2, 1)
    return nn.Sequential(found)
