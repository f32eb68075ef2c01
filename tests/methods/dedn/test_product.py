"""The two ways to a matrix product."""

import pytest
import torch

from zslcore.methods.dedn import product as module
from zslcore.methods.dedn.product import product


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("large", [1, 2**40])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_it_is_x_times_y_transposed(n, large, dtype, monkeypatch):
    monkeypatch.setattr(module, "LARGE", large)
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(n, rows, 5, generator=generator, dtype=dtype) for rows in (4, 7))
    expected = [[[(a * b).sum() for b in ys] for a in xs] for xs, ys in zip(x, y, strict=True)]
    found = product(x, y)
    assert found.shape == (n, 4, 7)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=dtype))
    torch.testing.assert_close(product(x.mT.contiguous().mT, y.mT.contiguous().mT), found)
    torch.testing.assert_close(product(y, x), found.mT)


def test_large_ones_do_without_onednn(monkeypatch):
    x, y = torch.rand(2, 300, 256), torch.rand(2, 300, 256)
    with_it = product(x, y)
    monkeypatch.setattr(module, "_has_onednn", lambda: False)
    torch.testing.assert_close(product(x, y), with_it)
    torch.testing.assert_close(with_it, x @ y.mT)


@pytest.mark.parametrize(("rows", "own"), [(255, False), (256, True)])
def test_only_large_products_get_calls_of_their_own(rows, own, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "_has_onednn", lambda: asked.append(True) or False)
    product(torch.rand(2, rows, 256), torch.rand(2, 256, 256))
    assert bool(asked) == own
