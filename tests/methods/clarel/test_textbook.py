"""The encoder of captions on one line, against the textbook form of it on padded captions."""

import numpy as np
import pytest
import torch

from benchmarks.clarel import Textbook, repeated
from zslcore.methods.clarel.batches import Drawn
from zslcore.methods.clarel.encoders import Networks
from zslcore.methods.clarel.losses import retrieval

SIZE = 13
LENGTHS = np.array([13, 1, 4, 9, 2, 12, 5, 8, 3, 11])

pytestmark = pytest.mark.usefixtures("float64")


@pytest.fixture
def pair(settings):
    """`pair({...})`: the same weights, away from zeros and ones, in both forms, in training."""

    def made(changes):
        torch.manual_seed(0)
        vectors = torch.randn(30, 6)
        cfg = settings({"dropout": 0.0, **changes})
        lean, textbook = (form(8, vectors.clone(), 4, True, cfg) for form in (Networks, Textbook))
        for name, tensor in lean.state_dict().items():
            if name != "words.weight":
                tensor.add_(0.2 * torch.rand_like(tensor))
        textbook.load_state_dict(lean.state_dict())
        return lean, textbook

    return made


@pytest.fixture
def drawn():
    """Four images with five captions each, some of them more than once."""
    rng = np.random.default_rng(0)
    rows, places = np.unique(rng.integers(0, 10, (4, 5)), return_inverse=True)
    share = np.full((4, 5), 0.2, np.float32)
    return Drawn(np.arange(4), rows, np.bincount(places.ravel()), places.reshape(4, 5), share)


def z_t(networks, drawn):
    ids = np.random.default_rng(1).integers(1, 30, (10, SIZE)) * (
        np.arange(SIZE) < LENGTHS[:, None]
    )
    encoded = networks.captions(ids[drawn.rows], LENGTHS[drawn.rows], drawn.times)
    share = torch.from_numpy(drawn.share).to(encoded)
    return networks.texts(encoded[torch.from_numpy(drawn.places)], share)


@pytest.mark.parametrize("widths", [(5,), (6, 8), (5, 7, 6)])
@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
def test_vectors_gradients_and_running_averages_are_the_same(pair, drawn, settings, widths, kernel):
    lean, textbook = pair({"encoder.widths": widths, "encoder.kernel": kernel})
    z_v = torch.randn(4, 7)
    found, expected = z_t(lean, drawn), z_t(textbook, repeated(drawn))
    # shares are float32 numbers, and do not sum to 1 to the last bit of a float64
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-7)
    for each in (found, expected):
        sum(retrieval(z_v, each, settings().loss).values()).backward()
    for (name, one), other in zip(lean.named_parameters(), textbook.parameters(), strict=True):
        if "classes" not in name and "image" not in name:
            assert one.grad.any()
            torch.testing.assert_close(one.grad, other.grad, rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(dict(lean.named_buffers()), dict(textbook.named_buffers()))
