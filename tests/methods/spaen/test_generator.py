"""The image generator at both sizes."""

import pytest
import torch
from torch import nn

from zslcore.methods.spaen.config import Generator
from zslcore.methods.spaen.generator import layers

REAL = Generator(
    fc=(4096, 4096),
    start=256,
    blocks=((256, 512), (256, 256), (128, 128), (64,), (32,)),
    weights="none",
    steps=1,
    freeze=True,
)


def test_that_of_256_pixels_has_the_published_layers():
    """Output channels and sizes, and 56.1 million parameters, 50.3 of them fully connected."""
    with torch.device("meta"):
        network, x = layers(4096, REAL, 0.3), torch.zeros(2, 4096)
    found = []
    for module in network:
        x = module(x)
        if not isinstance(module, nn.LeakyReLU):
            found.append(tuple(x.shape[1:]))
    expected = [(4096,)] * 3 + [(256, 4, 4)]
    expected += [(256, 8, 8), (512, 8, 8), (256, 16, 16), (256, 16, 16), (128, 32, 32)]
    expected += [(128, 32, 32), (64, 64, 64), (32, 128, 128), (3, 256, 256)]
    assert found == expected
    count = sum(p.numel() for p in network.parameters())
    assert round(count / 1e6, 1) == 56.1
    full = [m for m in network if isinstance(m, nn.Linear)]
    assert round(sum(p.numel() for m in full for p in m.parameters()) / 1e6, 1) == 50.3
    ups = [m for m in network if isinstance(m, nn.ConvTranspose2d)]
    assert [(m.kernel_size, m.stride) for m in ups] == [((4, 4), (2, 2))] * 6
    others = [m for m in network if type(m) is nn.Conv2d]
    assert [(m.kernel_size, m.stride) for m in others] == [((3, 3), (1, 1))] * 3


def test_all_layers_but_the_last_end_in_leaky_relu():
    with torch.device("meta"):
        network = list(layers(4096, REAL, 0.2))
    for layer, after in zip(network, [*network[1:], None], strict=True):
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            assert (
                isinstance(after, nn.LeakyReLU) and after.negative_slope == 0.2
            ) or after is None
    assert isinstance(network[-1], nn.ConvTranspose2d)


@pytest.mark.parametrize("width", [8, 16])
def test_that_of_64_pixels_is_a_layer_and_four_transposed_convolutions(width):
    cfg = REAL.model_copy(
        update={"fc": (), "start": 8 * width, "blocks": ((4 * width,), (2 * width,), (width,))}
    )
    network = layers(512, cfg, 0.3)
    assert network(torch.zeros(2, 512)).shape == (2, 3, 64, 64)
    assert cfg.size == 64
    kinds = [type(m) for m in network if next(m.parameters(), None) is not None]
    assert kinds == [nn.Linear] + [nn.ConvTranspose2d] * 4
