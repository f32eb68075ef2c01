"""Batch norm and convolutions that see words only."""

import pytest
import torch
from torch import nn
from torch.nn.functional import batch_norm

from zslcore.methods.clarel.masked import EPSILON, MOMENTUM, Block, MaskedNorm

# five words, a gap, one word that counts thrice, a gap, three that count twice, a gap
WEIGHT = [1, 1, 1, 1, 1, 0, 0, 0, 3, 0, 0, 0, 2, 2, 2, 0]

pytestmark = pytest.mark.usefixtures("float64")


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@pytest.fixture
def weight():
    return torch.tensor(WEIGHT, dtype=torch.float64)


def disturbed(module):
    """Away from scales of 1 and shifts of 0; running averages, too."""
    for tensor in (*module.parameters(), *module.buffers()):
        tensor.data.add_(0.3 * torch.rand_like(tensor))
    return module


def words(x):
    """The words of a line (C, 16), as often as they count, (n, C)."""
    return x.mT.repeat_interleave(torch.tensor(WEIGHT), 0)


def normed(x, own):
    """By PyTorch's own batch norm, after training; (C, T)."""
    return batch_norm(x[None], own.mean, own.variance, own.scale, own.shift, eps=EPSILON)[0]


def test_norm_is_that_of_the_words_as_often_as_they_count(weight):
    norm, x = disturbed(MaskedNorm(3)), torch.randn(3, 16, requires_grad=True)
    towards = torch.randn(3, 16)
    found = norm(x, weight)
    loss = (words(found) * words(towards)).sum()
    gradients = torch.autograd.grad(loss, (x, norm.scale, norm.shift))

    flat = words(x)
    expected = batch_norm(flat, None, None, norm.scale, norm.shift, training=True, eps=EPSILON)
    torch.testing.assert_close(words(found), expected)
    wanted = torch.autograd.grad((expected * words(towards)).sum(), (x, norm.scale, norm.shift))
    for one, other in zip(gradients, wanted, strict=True):
        torch.testing.assert_close(one, other)


def test_what_stands_between_captions_does_not_matter(weight):
    norm, x = MaskedNorm(3), torch.randn(3, 16)
    other = torch.where(weight > 0, x, 100.0)
    torch.testing.assert_close(words(norm(x, weight)), words(norm(other, weight)))


def test_running_averages_follow_mean_and_variance_of_the_words(weight):
    norm, x = disturbed(MaskedNorm(3)), 2 + torch.randn(3, 16)
    mean, variance = norm.mean.clone(), norm.variance.clone()
    for _ in range(2):
        norm(x, weight)
        mean = (1 - MOMENTUM) * mean + MOMENTUM * words(x).mean(0)
        variance = (1 - MOMENTUM) * variance + MOMENTUM * words(x).var(0, correction=0)
    torch.testing.assert_close(norm.mean, mean)
    torch.testing.assert_close(norm.variance, variance)
    assert MOMENTUM == 0.05


def test_after_training_the_averages_are_used_and_kept(weight):
    norm, x = disturbed(MaskedNorm(3)).eval(), torch.randn(3, 16)
    mean, variance = norm.mean.clone(), norm.variance.clone()
    torch.testing.assert_close(norm(x, weight), normed(x, norm))
    assert torch.equal(norm.mean, mean)
    assert torch.equal(norm.variance, variance)


@pytest.mark.parametrize("training", [True, False])
def test_what_is_pooled_is_0_between_captions_and_weighs_nothing_there(weight, training):
    block, x = disturbed(Block(3, 4, 3)).train(training), torch.randn(3, 16) * (weight > 0)
    found, left = block(x, weight)
    assert left.tolist() == [1, 1, 1, 0, 3, 0, 2, 2]
    assert found.shape == (4, 8)
    assert not found[:, left == 0].any()
    assert found.any()


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_a_block_is_three_convolutions_with_a_shortcut_and_pooling(kernel):
    """On a single caption of five words, with PyTorch's own batch norm."""
    block, x = disturbed(Block(3, 4, kernel)).eval(), torch.randn(3, 5)
    y = x
    for i in range(3):
        y = nn.functional.conv1d(y, block.convolutions[i].weight, padding="same")
        y = normed(y, block.norms[i])
        y = y.relu() if i < 2 else y
    around = normed(nn.functional.conv1d(x, block.shortcut.weight), block.shortcut_norm)
    y = (y + around).relu()
    pooled = torch.stack([y[:, :2].amax(1), y[:, 2:4].amax(1), y[:, 4]], 1)
    line, weight = torch.cat((x, torch.zeros(3, 1)), 1), torch.tensor([1.0] * 5 + [0.0])
    torch.testing.assert_close(block(line, weight)[0], pooled)


def test_weights_begin_as_wide_as_in_the_published_code():
    """std sqrt(0.2 / (k width)), no bias."""
    block = Block(40, 50, 5)
    stds = [each.weight.std().item() for each in (*block.convolutions, block.shortcut)]
    expected = [(0.2 / (5 * 50)) ** 0.5] * 3 + [(0.2 / 50) ** 0.5]
    assert stds == pytest.approx(expected, rel=0.05)
    assert all(each.bias is None for each in (*block.convolutions, block.shortcut))
