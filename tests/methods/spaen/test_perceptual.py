"""The perceptual networks: what they expose, and weights from files."""

import pytest
import torch
from torch import nn
from torchvision.models import alexnet

from zslcore.methods.spaen import perceptual
from zslcore.methods.spaen.config import Perceptual
from zslcore.methods.spaen.perceptual import build, sizes

CPU = torch.device("cpu")
SMALL = Perceptual(kind="small", weights="none", width=3, vector=11, steps=1, lr=0.1)
ALEXNET = SMALL.model_copy(update={"kind": "alexnet"})


@pytest.fixture(scope="module")
def ours():
    return build(ALEXNET, 224, 0, CPU)


@pytest.mark.parametrize(("size", "side"), [(64, 8), (56, 7), (16, 2), (20, 3)])
def test_the_small_network_exposes_a_map_of_an_eighth_and_a_vector(size, side):
    network = build(SMALL, size, 0, CPU)
    assert sizes(network, size) == (11, (12, side, side))
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert len(convolutions) == 4
    found = network(torch.rand(4, 3, size, size) * 2 - 1)
    assert (found.maps >= 0).all()
    assert (found.vector >= 0).all()
    assert found.maps.any()
    assert found.vector.any()


def test_alexnet_exposes_fc6_and_conv5_after_their_relus(ours):
    """The same numbers as torchvision's own forward pass, caught on the way."""
    whole, caught = alexnet(weights=None).eval(), {}
    state = {f"features.{k}": v for k, v in ours.conv.state_dict().items()}
    linear = next(m for m in ours.top if isinstance(m, nn.Linear))
    state |= {"classifier.1.weight": linear.weight, "classifier.1.bias": linear.bias}
    assert set(whole.load_state_dict(state, strict=False).unexpected_keys) == set()
    whole.features[11].register_forward_hook(lambda m, i, o: caught.update(conv5=o.clone()))
    whole.classifier[2].register_forward_hook(lambda m, i, o: caught.update(fc6=o.clone()))
    x = torch.rand(2, 3, 224, 224)
    mean, std = (torch.tensor(each)[:, None, None] for each in (perceptual.MEAN, perceptual.STD))
    with torch.inference_mode():
        whole((x - mean) / std)
        found = ours(2 * x - 1)
    torch.testing.assert_close(found.maps, caught["conv5"], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(found.vector, caught["fc6"], rtol=1e-4, atol=1e-4)
    assert found.maps.shape == (2, 256, 13, 13)
    assert found.vector.shape == (2, 4096)
    assert not ours.training


def as_file(path, changes=None):
    """All of AlexNet, every number 0.5, in a file without the repetitions."""
    with torch.device("meta"):
        shapes = {name: x.shape for name, x in alexnet(weights=None).state_dict().items()}
    shapes |= changes or {}
    torch.save({k: torch.full((1,), 0.5).expand(s) for k, s in shapes.items() if s}, path)
    return ALEXNET.model_copy(update={"weights": str(path)})


def test_a_local_file_is_read_and_later_layers_are_left_out(tmp_path):
    found = build(as_file(tmp_path / "alexnet.pth"), 224, 0, CPU)
    for parameter in found.parameters():
        assert (parameter == 0.5).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"features.0.weight": None}, r"1 missing \(features\.0\.weight\)"),
        ({"features.0.bias": (7,)}, r"1 of another shape \(features\.0\.bias \(7,\) for \(64,\)"),
    ],
)
def test_a_file_that_does_not_fit_is_explained(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        build(as_file(tmp_path / "alexnet.pth", changes), 224, 0, CPU)


def test_a_file_that_is_missing_is_named(tmp_path):
    cfg = ALEXNET.model_copy(update={"weights": str(tmp_path / "none.pth")})
    with pytest.raises(ValueError, match=r"none\.pth does not exist"):
        build(cfg, 224, 0, CPU)


def test_weights_that_cannot_be_fetched_are_explained(monkeypatch):
    def fails(self, progress, check_hash):
        raise OSError("no route to host")

    monkeypatch.setattr(perceptual.AlexNet_Weights, "get_state_dict", fails)
    with pytest.raises(ValueError, match=r"no route to host.*alexnet.*name it in perceptual"):
        build(ALEXNET.model_copy(update={"weights": "hub"}), 224, 0, CPU)
