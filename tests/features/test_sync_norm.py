import pytest
import torch
from timm.layers import BatchNormAct2d
from torch import nn

from zslcore.features.sync_norm import over_all_processes
from zslcore.runtime import processes


def both(norm, x, weight):
    """Output, gradients and running statistics after one training step."""
    x = x.clone().requires_grad_()
    y = norm(x)
    grads = torch.autograd.grad((y * weight).sum(), [x, *norm.parameters()])
    return [y, *grads, *(b.clone() for b in norm.buffers())]


@pytest.mark.parametrize("kind", [nn.BatchNorm2d, BatchNormAct2d])
def test_a_process_that_has_all_images_gets_what_pytorch_gives(kind, monkeypatch):
    x, weight = (torch.randn(5, 3, 4, 2, dtype=torch.float64) + 3 for _ in range(2))
    norms = [kind(3).double() for _ in range(2)]
    for norm in norms:
        nn.init.normal_(norm.weight, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(processes, "count", lambda: 2)
    monkeypatch.setattr(processes, "total", lambda tensor: tensor.detach().clone())
    with over_all_processes(norms[0]):
        ours = both(norms[0], x, weight)
    for a, b in zip(ours, both(norms[1], x, weight), strict=True):
        torch.testing.assert_close(a, b)


def test_two_processes_with_the_same_images_count_them_twice(monkeypatch):
    """Mean and variance stay; the unbiased variance that is tracked is over 2 n images."""
    norm = nn.BatchNorm2d(1).double()
    monkeypatch.setattr(processes, "count", lambda: 2)
    monkeypatch.setattr(processes, "total", lambda tensor: 2 * tensor.detach())
    x = torch.tensor([1.0, 3.0], dtype=torch.float64).reshape(2, 1, 1, 1)
    with over_all_processes(norm):
        y = norm(x)
    torch.testing.assert_close(y.flatten(), torch.tensor([-1.0, 1.0]).double(), rtol=0, atol=1e-5)
    assert norm.running_mean.item() == pytest.approx(0.1 * 2)
    assert norm.running_var.item() == pytest.approx(0.9 + 0.1 * 4 / 3)


def test_the_model_is_its_own_again_afterwards(monkeypatch):
    model = nn.Sequential(nn.BatchNorm2d(1))
    monkeypatch.setattr(processes, "count", lambda: 2)
    with over_all_processes(model):
        assert "forward" in vars(model[0])
    assert "forward" not in vars(model[0])
