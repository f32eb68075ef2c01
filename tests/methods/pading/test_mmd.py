"""The discrepancy of eq. 2, against loops over pairs."""

import math

import pytest
import torch

from zslcore.methods.pading.config import Mmd
from zslcore.methods.pading.mmd import LEAST, generator_loss, squared_mmd


def cfg(**changes):
    plain = {"mode": "per_class", "bandwidths": (2.0, 5.0), "bandwidths_are": "variances"}
    return Mmd.model_validate({**plain, "root": False, **changes})


def by_loops(x, y, variances):
    """Pair by pair, in Python's numbers."""

    def kernel(f, g):
        d = sum((a - b) ** 2 for a, b in zip(f, g, strict=True))
        return sum(math.exp(-d / (2 * v)) for v in variances)

    def mean(of, to):
        return sum(kernel(f, g) for f in of for g in to) / (len(of) * len(to))

    x, y = x.tolist(), y.tolist()
    return mean(x, x) + mean(y, y) - 2 * mean(x, y)


@pytest.fixture
def pair(float64):
    torch.manual_seed(1)
    return torch.randn(3, 4, 5), 1.3 * torch.randn(3, 6, 5) + 0.4


def test_it_is_that_of_loops_over_all_pairs(pair):
    found = squared_mmd(*pair, [4.0, 10.0])
    expected = [by_loops(x, y, (2, 5)) for x, y in zip(*pair, strict=True)]
    torch.testing.assert_close(found, torch.tensor(expected))


@pytest.mark.parametrize("root", [True, False])
def test_per_class_is_the_mean_over_classes_and_joint_knows_none(pair, root):
    each = [by_loops(x, y, (2, 5)) for x, y in zip(*pair, strict=True)]
    whole = by_loops(pair[0].flatten(0, 1), pair[1].flatten(0, 1), (2, 5))
    if root:
        each, whole = [e**0.5 for e in each], whole**0.5
    assert generator_loss(*pair, cfg(root=root)).item() == pytest.approx(sum(each) / 3)
    joint = cfg(root=root, mode="joint")
    assert generator_loss(*pair, joint).item() == pytest.approx(whole)


def test_only_per_class_sees_embeddings_of_the_wrong_class(pair):
    real, fake = pair
    wrong = fake[[1, 2, 0]]
    for mode, same in (("joint", True), ("per_class", False)):
        right, other = (generator_loss(real, f, cfg(mode=mode)).item() for f in (fake, wrong))
        assert (right == pytest.approx(other)) == same


def test_a_deviation_is_the_root_of_a_variance(pair):
    found = generator_loss(*pair, cfg(bandwidths=(2.0, 3.0), bandwidths_are="deviations"))
    torch.testing.assert_close(found, generator_loss(*pair, cfg(bandwidths=(4.0, 9.0))))


def test_order_and_place_do_not_matter(pair):
    real, fake = pair
    moved = torch.tensor([3.0, -1.0, 0.5, 2.0, 0.0])
    found = generator_loss(real.flip(1) + moved, fake[:, [2, 0, 5, 1, 4, 3]] + moved, cfg())
    torch.testing.assert_close(found, generator_loss(real, fake, cfg()))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("root", [True, False])
def test_equal_sets_have_no_discrepancy_and_finite_gradients(root, dtype):
    torch.manual_seed(0)
    real = 4 * torch.randn(2, 6, 64, dtype=dtype)
    fake = real.clone().requires_grad_()
    loss = generator_loss(real, fake, cfg(root=root))
    loss.backward()
    assert loss.item() == pytest.approx(LEAST**0.5 if root else 0, abs=1e-3)
    assert fake.grad.isfinite().all()


def test_its_gradient_is_right(pair):
    real, fake = pair
    for root in (True, False):
        torch.autograd.gradcheck(
            lambda f, root=root: generator_loss(real, f, cfg(root=root)), fake.requires_grad_()
        )


def test_following_the_gradient_brings_embeddings_to_the_real_ones(pair):
    real, wide = pair[0] + 1, cfg(bandwidths=(10.0, 40.0))
    fake = pair[1].clone().requires_grad_()
    before, optimizer = generator_loss(real, fake, wide).item(), torch.optim.Adam([fake], lr=0.1)
    for _ in range(60):
        optimizer.zero_grad()
        generator_loss(real, fake, wide).backward()
        optimizer.step()
    assert generator_loss(real, fake, wide).item() < 0.05 * before
    torch.testing.assert_close(fake.mean(1), real.mean(1), atol=0.3, rtol=0)
