"""Batch norm and convolutions that see words only."""

import pytest
import torch
from torch import nn
from torch.nn.functional import batch_norm

from zslcore.methods.clarel.masked import EPSILON, MOMENTUM, Block, MaskedNorm

LENGTHS = torch.tensor([5, 1, 3, 4])
TIMES = torch.tensor([1, 3, 2, 1])

pytestmark = pytest.mark.usefixtures("float64")


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def weights(lengths=LENGTHS, size=5, times=TIMES):
    """(U, 1, L)."""
    return ((torch.arange(size) < lengths[:, None]) * times[:, None])[:, None].double()


def disturbed(module):
    """Away from scales of 1 and shifts of 0; running averages, too."""
    for tensor in (*module.parameters(), *module.buffers()):
        tensor.data.add_(0.3 * torch.rand_like(tensor))
    return module


def words(x, times=TIMES):
    """The words of captions (U, C, L), as often as they count, (n, C)."""
    each = [x[u, :, :size].mT for u, size in enumerate(LENGTHS.tolist())]
    return torch.cat([part.repeat(count, 1) for part, count in zip(each, times, strict=True)])


def test_norm_is_that_of_the_words_as_often_as_they_count():
    norm, x = disturbed(MaskedNorm(3)), torch.randn(4, 3, 5, requires_grad=True)
    towards = torch.randn(4, 3, 5)
    found = norm(x, weights())
    loss = (words(found) * words(towards)).sum()
    gradients = torch.autograd.grad(loss, (x, norm.scale, norm.shift))

    flat = words(x)
    expected = batch_norm(flat, None, None, norm.scale, norm.shift, training=True, eps=EPSILON)
    torch.testing.assert_close(words(found), expected)
    wanted = torch.autograd.grad((expected * words(towards)).sum(), (x, norm.scale, norm.shift))
    for one, other in zip(gradients, wanted, strict=True):
        torch.testing.assert_close(one, other)


def test_what_stands_in_the_padding_does_not_matter():
    norm, x = MaskedNorm(3), torch.randn(4, 3, 5)
    other = torch.where(weights() > 0, x, 100.0)
    torch.testing.assert_close(words(norm(x, weights())), words(norm(other, weights())))


def test_running_averages_follow_mean_and_variance_of_the_words():
    norm, x = disturbed(MaskedNorm(3)), 2 + torch.randn(4, 3, 5)
    mean, variance = norm.mean.clone(), norm.variance.clone()
    for _ in range(2):
        norm(x, weights())
        mean = (1 - MOMENTUM) * mean + MOMENTUM * words(x).mean(0)
        variance = (1 - MOMENTUM) * variance + MOMENTUM * words(x).var(0, correction=0)
    torch.testing.assert_close(norm.mean, mean)
    torch.testing.assert_close(norm.variance, variance)
    assert MOMENTUM == 0.05


def test_after_training_the_averages_are_used_and_kept():
    norm, x = disturbed(MaskedNorm(3)).eval(), torch.randn(4, 3, 5)
    mean, variance = norm.mean.clone(), norm.variance.clone()
    expected = batch_norm(x, mean, variance, norm.scale, norm.shift, eps=EPSILON)
    torch.testing.assert_close(norm(x, weights()), expected)
    assert torch.equal(norm.mean, mean)
    assert torch.equal(norm.variance, variance)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("more", [1, 2, 3, 8])
def test_more_padding_changes_no_word(training, more):
    block = disturbed(Block(3, 4, 3)).train(training)
    x = torch.randn(4, 3, 5) * (weights() > 0)
    found, left = block(x, weights())
    longer, after = block(torch.cat((x, torch.zeros(4, 3, more)), 2), weights(size=5 + more))
    assert left.shape == (4, 1, 3)
    assert torch.equal(left[:, 0], weights((LENGTHS + 1) // 2, 3)[:, 0])
    torch.testing.assert_close(longer[..., :3], found)
    assert torch.equal(after[..., :3], left)
    assert not longer[..., 3:].any()
    assert not after[..., 3:].any()


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_a_block_is_three_convolutions_with_a_shortcut_and_pooling(kernel):
    """On a single caption without padding, with PyTorch's own batch norm."""
    block, x = disturbed(Block(3, 4, kernel)).eval(), torch.randn(1, 3, 5)

    def norm(x, own):
        return batch_norm(x, own.mean, own.variance, own.scale, own.shift, eps=EPSILON)

    y = x
    for i in range(3):
        y = norm(
            nn.functional.conv1d(y, block.convolutions[i].weight, padding="same"), block.norms[i]
        )
        y = y.relu() if i < 2 else y
    around = norm(nn.functional.conv1d(x, block.shortcut.weight), block.shortcut_norm)
    y = (y + around).relu()
    pooled = torch.stack([y[..., :2].amax(-1), y[..., 2:4].amax(-1), y[..., 4]], -1)
    torch.testing.assert_close(block(x, torch.ones(1, 1, 5))[0], pooled)


def test_weights_begin_as_wide_as_in_the_published_code():
    """std sqrt(0.2 / (k width)), no bias."""
    block = Block(40, 50, 5)
    stds = [each.weight.std().item() for each in (*block.convolutions, block.shortcut)]
    expected = [(0.2 / (5 * 50)) ** 0.5] * 3 + [(0.2 / 50) ** 0.5]
    assert stds == pytest.approx(expected, rel=0.05)
    assert all(each.bias is None for each in (*block.convolutions, block.shortcut))
