"""Both ways of pooling: gradients by differences, blocks of any size, both precisions."""

import pytest
import torch

from zslcore.methods.dedn import attention, product
from zslcore.methods.dedn.attention import channel_attention, region_attention, region_weights

BOTH = pytest.mark.parametrize("pool", [region_attention, channel_attention])
TILES = [1, 100, 150, 2**21]  # one image at a time, two, three or four, all five


def inputs(pool, seeds=2, images=5, regions=3, channels=4, attributes=3, dtype=torch.float64):
    generator = torch.Generator().manual_seed(1)

    def drawn(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)

    width = channels if pool is region_attention else regions
    maps = drawn(seeds, images, regions, channels)
    scores, logits = (drawn(seeds, attributes, width).requires_grad_() for _ in range(2))
    return maps, scores, logits


@BOTH
@pytest.mark.parametrize("tile", TILES)
def test_gradients_are_those_of_differences(pool, tile, monkeypatch):
    monkeypatch.setattr(attention, "TILE", tile)
    maps, *rows = inputs(pool)
    assert torch.autograd.gradcheck(lambda *rows: pool(maps, *rows, "fp32"), rows)


@BOTH
@pytest.mark.parametrize("tile", TILES)
def test_pooling_is_that_of_the_formula(pool, tile, monkeypatch):
    """A loop over seeds, images and attributes, none of which is as many as another."""
    monkeypatch.setattr(attention, "TILE", tile)
    maps, scores, logits = inputs(pool, attributes=6)
    found = pool(maps, scores, logits, "fp32")
    assert found.shape == (2, 5, 6)
    for seed in range(2):
        for image in range(5):
            f = maps[seed, image] if pool is region_attention else maps[seed, image].T
            for i in range(6):
                a = (f @ logits[seed, i]).softmax(0)
                expected = a @ (f @ scores[seed, i])
                torch.testing.assert_close(found[seed, image, i], expected)


@BOTH
@pytest.mark.parametrize("only", [0, 1])
def test_one_of_the_rows_may_need_no_gradient(pool, only):
    maps, *rows = inputs(pool)
    rows[only].requires_grad_(False)
    needs = rows[1 - only]
    (expected,) = torch.autograd.grad(pool(maps, *rows, "fp32").square().sum(), needs)
    rows[only].requires_grad_()
    (found,) = torch.autograd.grad(pool(maps, *rows, "fp32").square().sum(), needs)
    torch.testing.assert_close(found, expected)


@BOTH
def test_large_logits_do_not_overflow(pool):
    maps, scores, logits = inputs(pool, dtype=torch.float32)
    found = pool(maps, scores, 1e6 * logits.detach(), "fp32")
    assert found.isfinite().all()


@BOTH
def test_bf16_is_close_to_fp32_and_not_the_same(pool):
    maps, *rows = inputs(pool, images=7, regions=9, channels=32, attributes=8, dtype=torch.float32)
    maps = torch.nn.functional.normalize(maps, dim=3)
    g = torch.randn(2, 7, 8, generator=torch.Generator().manual_seed(2))
    found = {}
    for precision in ("fp32", "bf16"):
        o = pool(maps, *rows, precision)
        assert o.dtype == torch.float32
        gradients = torch.autograd.grad((o * g).sum(), rows)
        found[precision] = (o, *gradients)
    for exact, rough in zip(*found.values(), strict=True):
        assert rough.dtype == torch.float32
        assert not torch.equal(exact, rough)
        assert (exact - rough).norm() < 0.02 * exact.norm()


def test_region_weights_are_those_of_the_pooling():
    maps, scores, logits = inputs(region_attention)
    a = region_weights(maps, logits.detach(), "fp32")
    torch.testing.assert_close(a.sum(2), torch.ones(2, 5, 3).double())
    s = torch.einsum("sbrc,sec->sbre", maps, scores)
    torch.testing.assert_close((a * s).sum(2), region_attention(maps, scores, logits, "fp32"))


@BOTH
def test_in_single_precision_it_is_the_same_by_either_product(pool, monkeypatch):
    maps, *rows = inputs(pool)
    exact = torch.autograd.grad(pool(maps, *rows, "fp32").square().sum(), rows)
    single = [row.detach().float().requires_grad_() for row in rows]
    for large in (1, 2**40):
        monkeypatch.setattr(product, "LARGE", large)
        o = pool(maps.float(), *single, "fp32").square().sum()
        found = torch.autograd.grad(o, single)
        torch.testing.assert_close([x.double() for x in found], list(exact), rtol=1e-4, atol=1e-5)


@BOTH
def test_gradients_can_be_asked_for_twice(pool):
    maps, *rows = inputs(pool)
    o = pool(maps, *rows, "fp32").sum()
    first, second = (torch.autograd.grad(o, rows, retain_graph=True) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@BOTH
def test_what_is_kept_for_gradients_is_not_where_none_are_asked_for(pool, monkeypatch):
    """Pooled values need one product per block of channels, their gradients another."""
    maps, *rows = inputs(pool)
    made = []
    monkeypatch.setattr(attention, "product", lambda x, y: made.append(0) or x @ y.mT)
    pool(maps, *rows, "fp32")
    asked = len(made)
    pool(maps, *(row.detach() for row in rows), "fp32")
    assert len(made) - asked == 1
    assert asked == (1 if pool is region_attention else 2)


@BOTH
def test_maps_and_rows_are_left_as_they_were(pool):
    maps, *rows = inputs(pool)
    before = [each.detach().clone() for each in (maps, *rows)]
    pool(maps, *rows, "fp32").sum().backward()
    assert all(torch.equal(a, b) for a, b in zip(before, (maps, *rows), strict=True))


@pytest.mark.parametrize(("tile", "images"), [(1, 1), (143, 2), (144, 3), (10**6, 5)])
def test_blocks_hold_as_many_images_as_a_tile_has_room_for(tile, images, monkeypatch):
    """Two seeds, 24 numbers of each image."""
    monkeypatch.setattr(attention, "TILE", tile)
    maps = torch.rand(2, 5, 3, 4)
    blocks = attention._blocks(maps, 24)
    assert blocks[0].shape == (2, images, 3, 4)
    assert torch.equal(torch.cat(blocks, 1), maps)
